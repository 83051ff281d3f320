"""The delivery promises of DESIGN.md section 6 as a pure state machine."""

"""The delivery protocol against a simulated broker: virtual time, seeded faults (DESIGN.md section 6)."""

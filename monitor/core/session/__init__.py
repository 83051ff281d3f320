"""The session stage: one session's turns folded into scores, readings and escalations."""

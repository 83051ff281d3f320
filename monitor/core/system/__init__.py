"""The system stage: one system's observations folded into rates, drift, breakers, escalations and its standing."""

"""The pure core: events in, state transition, decisions out. No I/O, clock, randomness or framework lives here."""

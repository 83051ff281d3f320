"""Oversight monitor: says, while it is happening, when an AI needs a human and when it must be held back."""

__version__ = "0.1.0"

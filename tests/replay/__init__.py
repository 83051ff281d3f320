"""The engine offline: files in, decisions, readings and a report out."""

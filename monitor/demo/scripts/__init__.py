"""The day's screenplay, one file a system, one turn a line; :mod:`monitor.demo.script` says how to read it."""

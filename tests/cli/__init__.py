"""The commands, through click's runner."""

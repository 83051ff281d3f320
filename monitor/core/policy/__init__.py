"""The policy: what operators write, checked and merged, and the conditions in it."""

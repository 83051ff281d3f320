"""What holds for every test: events that the core builds are held against their schemas (tests/contracts/watch.py)."""

from tests.contracts.watch import watch

watch()

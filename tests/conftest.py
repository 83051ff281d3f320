"""What holds for every test: events that the core builds are held against their schemas (tests/contracts/watch.py).

No example of a property has a deadline: the first one of a process reads the word tables, and no test judges a time.
"""

from hypothesis import settings

from tests.contracts.watch import watch

settings.register_profile("here", deadline=None)
settings.load_profile("here")
watch()

"""One partition's log becomes decisions: ingest, annotate and the reducers of the core, composed without I/O.

The worker (from Kafka) and ``replay`` (from files) run these very classes, so a replay decides what the worker decides.
"""

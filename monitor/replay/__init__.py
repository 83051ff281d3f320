"""The engine offline: recorded turns in, the worker's own decisions out, no broker.

``reader`` makes records of files, ``engine`` runs both stages over them, ``readings`` and ``report`` say what came out.
"""

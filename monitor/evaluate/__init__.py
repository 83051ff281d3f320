"""How well the signals do on labelled conversations and traces: ``oversight evaluate``.

``labelled`` reads the files and takes the labels off, ``fold`` runs the engine of a replay over them, ``tasks`` is the
table of what is measured on which data, ``cases`` the judged things of one row, ``figures`` the measures, ``report``
what came of it. ``outcomes`` and what follows it look at whole sessions under the policy: what was escalated, and when.
"""

"""The worker: the only place that imports faust. It carries out what ``delivery/`` says."""

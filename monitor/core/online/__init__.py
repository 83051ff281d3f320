"""river behind start, update, dump, load: the only place that imports it."""

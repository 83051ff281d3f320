"""The scorer that the settings name."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from monitor.annotate.embeddings import Embeddings
from monitor.annotate.nli import Nli
from monitor.annotate.scorer import Scorer
from monitor.core.errors import OperatorError

NONE = "none"


def _nli(model: str | None) -> Scorer:
    if model is None:
        raise OperatorError(
            "OVERSIGHT_SCORER=nli needs OVERSIGHT_SCORER_MODEL: the folder of a cross-encoder (model.onnx, "
            "tokenizer.json, config.json), or its hub id"
        )
    return Nli(model)


SCORERS: Mapping[str, Callable[[str | None], Scorer]] = {Embeddings.name: Embeddings, Nli.name: _nli}


@lru_cache(maxsize=4)
def scorer_of(name: str, model: str | None = None) -> Scorer | None:
    """The scorer of that name, loaded once a process; None for ``none``.

    Raises:
        OperatorError: unknown name, or the model cannot be loaded; the message says what to do.

    >>> scorer_of("none") is None
    True
    """
    if name == NONE:
        return None
    if name not in SCORERS:
        raise OperatorError(f"OVERSIGHT_SCORER={name}: one of {NONE}, {', '.join(SCORERS)}")
    return SCORERS[name](model)

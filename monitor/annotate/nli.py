"""A cross-encoder for natural language inference in ONNX: does a passage entail a statement, or contradict it?

Any such model with three labels, one of them an entailment and one a contradiction, exported as ``model.onnx`` beside
its ``tokenizer.json`` and ``config.json``. A cross-encoder reads ten to a hundred milliseconds a pair on one core.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from monitor.annotate.model_folder import folder_of, package
from monitor.annotate.scorer import Opinion
from monitor.core.errors import OperatorError

EXTRA = "nli"
FILES = ("model.onnx", "tokenizer.json", "config.json")
MAX_TOKENS = 256
"""Tokens of a pair; of a longer one the passage is cut."""
MAX_PASSAGE = 1_200
"""Characters of the nearest sentences that are read together."""
MAX_STATEMENT = 600
REMEMBERED = 4_096
"""Pairs whose opinion is kept."""


class Nli:
    """The scorer. One pair a run on one thread: the answer is the same whatever else is asked."""

    name = EXTRA
    trust = 0.8

    def __init__(self, model: str) -> None:
        """Load the model.

        Raises:
            OperatorError: an extra, a file or a label is missing, or the model does not load.
        """
        folder = folder_of(model, FILES, EXTRA)
        self._session, self._tokenizer = _loaded(folder)
        self._inputs = [one.name for one in self._session.get_inputs()]
        labels = json.loads((folder / "config.json").read_text("utf-8")).get("id2label", {})
        self._entails = _place(labels, "entail", folder)
        self._contradicts = _place(labels, "contra", folder)
        self._read = lru_cache(maxsize=REMEMBERED)(self._pair)

    def opinion(self, sentences: Sequence[str], statement: str) -> Opinion:
        """Entailment and contradiction of the statement by the sentences, read together."""
        return self._read(" ".join(sentences)[:MAX_PASSAGE], statement[:MAX_STATEMENT])

    def _pair(self, passage: str, statement: str) -> Opinion:
        encoded = self._tokenizer.encode(passage, statement)
        columns = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        fed = {name: np.array([columns[name]], dtype=np.int64) for name in self._inputs}
        (logits,) = self._session.run(None, fed)[:1]
        shares = np.exp(logits[0] - logits[0].max())
        shares = shares / shares.sum()
        return Opinion(round(float(shares[self._entails]), 4), round(float(shares[self._contradicts]), 4))


def _loaded(folder: Path) -> tuple[Any, Any]:
    runtime, tokenizers = package("onnxruntime", EXTRA), package("tokenizers", EXTRA)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = runtime.InferenceSession(
            str(folder / "model.onnx"), sess_options=options, providers=["CPUExecutionProvider"]
        )
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:
        raise OperatorError(f"OVERSIGHT_SCORER_MODEL: {folder} does not load: {error}") from error
    strange = {one.name for one in session.get_inputs()} - {"input_ids", "attention_mask", "token_type_ids"}
    if strange:
        raise OperatorError(f"OVERSIGHT_SCORER_MODEL: {folder} asks for {', '.join(sorted(strange))}: no cross-encoder")
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_first")
    tokenizer.no_padding()
    return session, tokenizer


def _place(labels: dict[str, str], beginning: str, folder: Path) -> int:
    for place, label in labels.items():
        if label.lower().startswith(beginning):
            return int(place)
    raise OperatorError(
        f"OVERSIGHT_SCORER_MODEL: {folder}/config.json names no label {beginning}... in id2label, only "
        f"{', '.join(sorted(labels.values())) or 'none at all'}"
    )

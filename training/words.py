"""Collect ``monitor/annotate/models/words.tsv``: ordinary English words, so that a name can be told from them.

    python -m training.words ../shared/data

reads what people and assistants said in goemotions, chatprotect (Apache-2.0), halueval_general, tau_airline (MIT),
begin (wow and cmu, CC BY 4.0) and factcheck_gpt (Apache-2.0; its answers, not its passages). A word counts as ordinary
where enough turns have it and it is seldom written with a capital in the middle of a sentence; a word in capitals
only (GPS) is none of a name's.
"""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from monitor.annotate.tokens import Tokens, tokenise
from monitor.core.words import STOP_WORDS, fold

FILES = ("begin", "chatprotect", "factcheck_gpt", "goemotions", "halueval_general", "tau_airline")
LEFT_OUT = "tc-"
"""In session ids of begin: a corpus with another licence."""
MIN_TURNS = 4
LOWER = 0.7
"""Share of a word's places inside sentences where it has no capital."""
MIN_LETTERS, READ = 3, 3000
TABLE = Path(__file__).parents[1] / "monitor" / "annotate" / "models" / "words.tsv"


def texts(folder: Path, file: str) -> Iterator[str]:
    """What was said in one file."""
    with gzip.open(folder / f"{file}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if LEFT_OUT not in line["session_id"] and line.get("text"):
                yield line["text"][:READ]


def ordinary(found: Iterator[str]) -> list[str]:
    """The ordinary words among them, folded, in alphabetical order."""
    turns: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in found:
        tokens = tokenise(text)
        turns.update({fold(word) for word in tokens.words if _counts(word)})
        for index in _inside(tokens):
            name = tokens.text[tokens.starts[index]].isupper() and index not in tokens.caps
            (capital if name else lower)[fold(tokens.words[index])] += 1
    return sorted(
        word
        for word, count in turns.items()
        if count >= MIN_TURNS and lower[word] > LOWER * (lower[word] + capital[word])
    )


def _counts(word: str) -> bool:
    return word.isalpha() and word.isascii() and len(word) >= MIN_LETTERS and word not in STOP_WORDS


def _inside(tokens: Tokens) -> Iterator[int]:
    """The places where a capital says something."""
    for first, past in tokens.sentences:
        yield from (index for index in range(first + 1, past) if _counts(tokens.words[index]))


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Write the table."""
    words = ordinary(text for file in FILES for text in texts(folder, file))
    body = "\n".join(words) + "\n"
    head = [
        "# Ordinary English words, folded: what is not among them may be a name.",
        "# Made by: python -m training.words ../shared/data",
        "# From: begin (wow and cmu, CC BY 4.0), chatprotect, factcheck_gpt, goemotions (Apache-2.0),",
        "# halueval_general, tau_airline (MIT): single words that at least four turns share.",
        f"# sha256 of the lines below: {hashlib.sha256(body.encode()).hexdigest()}",
    ]
    TABLE.write_text("\n".join(head) + "\n" + body, "utf-8")
    click.echo(f"{len(words)} words")


if __name__ == "__main__":
    main()

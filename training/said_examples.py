"""What the models of ``said.tsv`` are taught: sentences that say a fact or do not, cases, real turns without labels.

The sentences (``training/said/<fact>.tsv``) and the seen half of ``tests/signals`` were written for this project, the
cases by two authors. Real turns (tau_airline, agentdojo, MIT; goemotions, Apache-2.0; citod, chatprotect, MIT) are weak
examples of not saying it, so that the models stay calm on what people mostly say.
"""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from monitor.annotate.said import sentences_of
from monitor.annotate.said_table import BIAS
from monitor.annotate.tokens import tokenise
from monitor.core.vocabulary import Role
from tests.signals.cases import HERE, SEEN, WrittenCase, read

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
USER, ASSISTANT = Role.USER, Role.ASSISTANT
FACTS = {
    USER: (
        "dispute",
        "accountability",
        "urgency",
        "new_problem",
        "control_loss",
        "exception",
        "judgement_request",
        "repeated",
        "unclear",
        "distress",
    ),
    ASSISTANT: ("final_decision", "consequence", "concession", "publication", "recommendation"),
}
OF_SIGNAL = {
    "dispute": "dispute",
    "distress": "distress",
    "accountability_request": "accountability",
    "urgency": "urgency",
    "new_problem": "new_problem",
    "loss_of_control": "control_loss",
    "beyond_policy": "exception",
    "judgement_call": "judgement_request",
    "final_decision": "final_decision",
    "unauthorised_promise": "concession",
    "publish_without_review": "publication",
    "no_recourse": "consequence",
    "opaque_recommendation": "recommendation",
}
"""Signals whose cases teach a fact. Who repeats a request, or is misunderstood, often does not say so."""
ONLY_POSITIVE = frozenset(("no_recourse", "opaque_recommendation"))
"""Signals whose near misses may say the fact all the same, and say something else beside it."""
SENTENCES, FIRST, SECOND = "sentences", "first", "second"
"""Where an example is from; the cases have two authors."""
BEGINS_SECOND = "Written by a second pair of eyes"
PLAIN_FILES = {
    USER: ("tau_airline", "goemotions", "citod", "agentdojo"),
    ASSISTANT: ("tau_airline", "agentdojo", "citod", "chatprotect", "goemotions"),
}
SEED = 7
LONGEST = 1200

Text = tuple[tuple[str, ...], ...]
"""The features of each sentence, each once."""


class Example(NamedTuple):
    """A sentence, or short turn, whether it says the fact, and whose it is."""

    role: Role
    fact: str
    says: bool
    author: str
    text: Text


def text_of(text: str) -> Text:
    """What the models read of a text, sentence by sentence."""
    return tuple(tuple(dict.fromkeys(features)) for features in sentences_of(tokenise(text))) or ((BIAS,),)


def written() -> Iterator[Example]:
    """The sentences written for the facts, and the last turns of the seen cases."""
    for path in sorted((ROOT / "training" / "said").glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines():
            fact, says, text = line.split("\t")
            for role, facts in FACTS.items():
                if fact in facts or fact == role.value:
                    yield Example(role, fact, says == "1", SENTENCES, text_of(text))
    for signal, fact in OF_SIGNAL.items():
        first = (HERE / SEEN / f"{signal}.yaml").read_text("utf-8").split(BEGINS_SECOND, maxsplit=1)[0]
        for case in read(signal, SEEN):
            yield from _of_case(signal, fact, case, FIRST if f"id: {case.id}\n" in first else SECOND)


def _of_case(signal: str, fact: str, case: WrittenCase, author: str) -> Iterator[Example]:
    last = case.turns[-1]
    if not last.text or last.tool or last.decision or last.delivery or last.sources or case.policy:
        return
    if any(turn.role in {Role.STAFF, Role.TOOL} for turn in case.turns) or (signal in ONLY_POSITIVE and not case.fires):
        return
    if fact in FACTS.get(last.role, ()):
        yield Example(last.role, fact, case.fires, author, text_of(last.text))


def plain(role: Role, most: int) -> dict[str, list[Text]]:
    """Real turns of a role by file, sampled."""
    found = {}
    for name in PLAIN_FILES[role]:
        texts = set()
        with gzip.open(DATA / f"{name}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                turn = json.loads(line)
                if name == "goemotions" or turn["role"] == role.value:
                    texts.add((turn.get("text") or "")[:LONGEST])
        sample = random.Random(SEED).sample(sorted(texts - {""}), min(len(texts - {""}), most))  # noqa: S311 - a seeded sample, no secret
        found[name] = [text_of(text) for text in sample]
    return found

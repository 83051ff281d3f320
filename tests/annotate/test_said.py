"""What is said in other words: the packed sums read what the table's weights add up to, feature by feature."""

from collections import defaultdict
from math import log

from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.phrases import rows
from monitor.annotate.said import DOUBT, LEAST, MAX_SENTENCES, MOST, SCALE, SLOPE, Said, said, sentences_of
from monitor.annotate.tokens import Tokens, tokenise
from monitor.core.vocabulary import Role

WEIGHTS: dict[Role, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
_role, _facts = Role.USER, list[str]()
for _gram, *_cells in rows("said"):
    if _gram.startswith("["):
        _role, _facts = Role(_gram[1:-1]), _cells
        continue
    for _fact, _cell in zip(_facts, _cells, strict=False):
        if _cell:
            WEIGHTS[_role][_fact][_gram] = int(_cell)
NAMES = sorted({name for facts in WEIGHTS.values() for each in facts.values() for name in each if name.isalpha()})
WORDS = st.sampled_from([*NAMES, "17", "qwxyz", ".", "?", "\n", '"'])


def by_definition(tokens: Tokens, role: Role) -> dict[str, Said]:
    found = {}
    sentences = list(sentences_of(tokens))
    for fact, weights in WEIGHTS[role].items() if sentences else ():
        sums = [sum(weights.get(feature, 0) for feature in features) for features in sentences]
        logit = max(sums) - round(SCALE * log(len(sums)))
        if logit >= 0:
            score = round(min(MOST, LEAST + SLOPE * logit / SCALE), 3)
            found[fact] = Said(score, sums.index(max(sums)))
    return found


@given(st.lists(WORDS, max_size=60).map(" ".join), st.sampled_from(Role))
def test_said_of_any_words_is_what_the_weights_add_up_to(text: str, role: Role) -> None:
    tokens = tokenise(text)
    assert said(tokens, role) == by_definition(tokens, role)


def test_said_doubts_what_only_a_phrase_says() -> None:
    asked, meant = tokenise("What does the word urgent mean?"), tokenise("It's urgent, the pipe burst!")
    assert said(asked, Role.USER, ("urgency",))["urgency"].score == 0.0
    assert said(asked, Role.USER) == {}
    assert said(meant, Role.USER, ("urgency",))["urgency"].score >= LEAST
    assert DOUBT < 0.0


def test_said_is_read_in_the_sentence_that_says_it() -> None:
    text = "I have a question. That is simply not what happened, I paid on the 1st."
    assert said(tokenise(text), Role.USER)["dispute"].sentence == 1


def test_said_reads_the_first_sentences_only() -> None:
    claim = "That is simply not what happened, I paid on the 1st. "
    assert "dispute" not in said(tokenise("Well. " * MAX_SENTENCES + claim), Role.USER)

"""What meaning does not turn turns no reading: case, marks, courtesy, markup, quotes, code, length, other languages."""

from collections.abc import Callable

import pytest

from monitor.annotate.sentences import own_words
from monitor.annotate.spelling import respelt
from monitor.annotate.tokens import tokenise
from monitor.core.interaction import Source
from monitor.core.signals.evidence import UnsupportedClaim, substantial, unsupported
from monitor.core.vocabulary import Role
from tests.annotate.turns import read

Change = Callable[[str], str]
FIRES = 0.6
"""The lowest bound of the shipped policy on what is tested here; hints below it turn nothing."""

CLEAR = (
    (Role.USER, "human_request", "I want to speak to a real person."),
    (Role.USER, "human_request", "Please put me through to a human agent."),
    (Role.USER, "dispute", "That is wrong, I never said that."),
    (Role.USER, "confusion", "I don't understand what you mean."),
    (Role.USER, "dissatisfaction", "This is absolutely useless and I am very angry."),
    (Role.USER, "distress", "I want to kill myself."),
    (Role.USER, "urgency", "This is urgent, I need it right now."),
    (Role.USER, "accountability", "Who is responsible for this decision?"),
    (Role.USER, "satisfaction", "Thank you so much, that solved my problem."),
    (Role.ASSISTANT, "refusal", "I'm sorry, but I can't help with that."),
    (Role.ASSISTANT, "handoff_offer", "I can transfer you to a human agent if you like."),
    (Role.ASSISTANT, "final_decision", "Your claim has been denied."),
    (Role.ASSISTANT, "promise", "I promise we will refund you in full tomorrow."),
    (Role.ASSISTANT, "irreversible", "I have permanently deleted your account."),
    (Role.ASSISTANT, "recommendation", "I recommend that you choose the premium plan."),
    (Role.STAFF, "approval", "Yes, go ahead and send it."),
    (Role.STAFF, "denial", "No, do not send that."),
)
CALM = (
    (Role.USER, "I would like to book two tickets for Friday."),
    (Role.USER, "My order number is 48213, it was shipped to Leeds."),
    (Role.ASSISTANT, "The museum opens at 9 am on Monday."),
    (Role.ASSISTANT, "Your order was shipped on Tuesday and arrives on Friday."),
    (Role.ASSISTANT, "Which colour would you like?"),
)
SAME: dict[str, Change] = {
    "lower case": str.lower,
    "upper case": str.upper,
    "title case": str.title,
    "no stop": lambda text: text.rstrip(".?!"),
    "exclaimed": lambda text: text.replace(".", "!"),
    "trailing off": lambda text: text.replace(".", "..."),
    "wide spaces": lambda text: f"  {text.replace(' ', '  ')} \r\n",
    "hard spaces": lambda text: text.replace(" ", "\u00a0"),
    "curly marks": lambda text: text.replace("'", "\u2019"),
    "greeting": lambda text: f"Hi there! {text}",
    "courtesy": lambda text: f"{text} Thanks in advance.",
    "emoji": lambda text: f"\U0001f4e6 {text}\U0001f642",
    "byte order mark": lambda text: f"\ufeff{text}",
    "bold": lambda text: f"**{text}**",
    "one word in italics": lambda text: " ".join(
        f"_{word}_" if index == 2 else word for index, word in enumerate(text.split())
    ),
    "html": lambda text: f"<p>{text}</p><br/>",
    "heading": lambda text: f"# {text}",
    "list item": lambda text: f"- {text}",
    "link": lambda text: f"{text} (https://example.org/a?b=c)",
    "code after": lambda text: f"{text}\n```\nfor x in y: print(x)\n```",
    "code in the line": lambda text: f"{text} The field is `order_id`.",
    "quote of the other side": lambda text: f"> Your parcel is on its way.\n{text}",
    "much before": lambda text: "The parcel came on Monday. " * 600 + text,
    "much after": lambda text: text + " The parcel came on Monday." * 600,
}
OF_OTHERS: dict[str, Change] = {
    "code": lambda text: f"Here is the log:\n```\n{text}\n```\nIt is from today.",
    "code with tildes": lambda text: f"Here is the log:\n~~~\n{text}\n~~~\nIt is from today.",
    "code never closed": lambda text: f"Here is the log:\n```\n{text}",
    "code in the line": lambda text: f"The template has `{text}` in it.",
    "quoted line": lambda text: f"> {text}\nThat line came on Monday.",
    "quote of a quote": lambda text: f"On Monday the bot wrote:\n>> {text}\n> noted\nThat came on Monday.",
    "quotation marks": lambda text: f'The page has the line "{text}" at the top.',
    "curly quotation marks": lambda text: f"The page has the line \u201c{text}\u201d at the top.",
}


@pytest.mark.parametrize("change", SAME)
@pytest.mark.parametrize(("role", "fact", "text"), CLEAR)
def test_clear_phrase_is_read_whatever_its_dress(role: Role, fact: str, text: str, change: str) -> None:
    assert read(SAME[change](text), role).facts[fact].score >= FIRES


def slipped(text: str) -> list[str]:
    """The text with two letters inside one of its longer words in other places, once for each word."""
    words = text.split()
    long = [index for index, word in enumerate(words) if len(word.strip(".,?!")) >= 5]
    return [
        " ".join((*words[:index], f"{words[index][:2]}{words[index][3]}{words[index][2]}{words[index][4:]}", *rest))
        for index in long
        for rest in (words[index + 1 :],)
    ]


@pytest.mark.parametrize(("role", "fact", "text"), CLEAR)
def test_clear_phrase_is_read_through_a_slip_of_the_fingers(role: Role, fact: str, text: str) -> None:
    assert [each for each in slipped(text) if read(each, role).facts[fact].score < FIRES] == []


@pytest.mark.parametrize("text", ["I tried it", "three of them", "a quiet trail", "they were united", "Brian sings"])
def test_word_that_is_another_one_with_letters_moved_stays(text: str) -> None:
    tokens = tokenise(text)
    assert respelt(tokens) is tokens


@pytest.mark.parametrize("change", OF_OTHERS)
@pytest.mark.parametrize(("role", "fact", "text"), CLEAR)
def test_phrase_of_others_or_of_a_program_is_not_the_speakers(role: Role, fact: str, text: str, change: str) -> None:
    assert read(OF_OTHERS[change](text), role).facts[fact].score < FIRES


@pytest.mark.parametrize("change", SAME)
@pytest.mark.parametrize(("role", "text"), CALM)
def test_calm_turn_stays_calm_whatever_its_dress(role: Role, text: str, change: str) -> None:
    loud = {name for name, fact in read(SAME[change](text), role).facts.items() if fact.score >= FIRES}
    assert loud <= {"question", "valence"}


MUSEUM = "The sea museum opens on Monday at 9 am and a ticket costs 12 dollars. Dogs are not allowed inside."
CARRIED = "The sea museum opens on Monday at 9 am."
INVENTED = "The founder sailed to Norway with seven sisters in a small wooden boat."


def gap(text: str, source: str = MUSEUM) -> float | None:
    """What the signal says of an answer beside its source."""
    found = read(text, Role.ASSISTANT, sources=(Source(source),))
    claims = [claim for claim in found.claims if claim.support is not None and substantial(claim)]
    signal = UnsupportedClaim
    return unsupported(claims, found.support, share=signal.share, hedged=signal.hedged, talk=signal.talk)[0]


BOUND = 0.65
"""Of unsupported_claim in the shipped policy."""


DRESS = [change for change in SAME if not change.startswith("much")]
"""What states nothing of its own: the parcel is in no source."""


@pytest.mark.parametrize("text", slipped(CARRIED))
def test_support_of_a_carried_answer_holds_through_a_slip(text: str) -> None:
    assert (gap(text) or 0.0) < BOUND


@pytest.mark.parametrize("change", DRESS)
def test_support_of_a_carried_answer_holds_whatever_its_dress(change: str) -> None:
    assert (gap(SAME[change](CARRIED)) or 0.0) < BOUND


@pytest.mark.parametrize("change", DRESS)
def test_support_of_an_invention_is_low_whatever_its_dress(change: str) -> None:
    assert (gap(SAME[change](INVENTED)) or 0.0) >= BOUND


@pytest.mark.parametrize(
    "change", ["lower case", "upper case", "title case", "wide spaces", "html", "list item", "bold"]
)
def test_support_does_not_depend_on_the_dress_of_the_source(change: str) -> None:
    assert (gap(CARRIED, SAME[change](MUSEUM)) or 0.0) < BOUND <= (gap(INVENTED, SAME[change](MUSEUM)) or 0.0)


@pytest.mark.parametrize("offer", ["Would you like me to book a table?", "Is there anything else I can do for you?"])
def test_support_question_after_a_carried_statement_fires_nothing(offer: str) -> None:
    assert (gap(f"{CARRIED} {offer}") or 0.0) < BOUND


def test_support_of_a_long_carried_answer_is_that_of_a_short_one() -> None:
    sentences = [f"Hall {number} shows {thing} from the {age}." for number, thing, age in HALLS]
    assert (gap(" ".join(sentences), " ".join(reversed(sentences))) or 0.0) < 0.1


HALLS = [
    (number, thing, age)
    for number, (thing, age) in enumerate(
        [(thing, age) for thing in ("ships", "maps", "nets", "sails", "knots") for age in ("north", "south", "east")], 1
    )
]

OTHERS = {
    "de": ("Wo ist meine Bestellung? Ich warte seit drei Wochen.", "Das ist falsch, das habe ich nie gesagt."),
    "fr": ("Je veux parler à un humain.", "Ma facture est fausse, c'est nul !"),
    "es": ("Quiero hablar con una persona.", "¿Dónde está mi pedido?"),
    "it": ("Non capisco che cosa è successo con il mio ordine.",),
    "pt": ("Quero falar com uma pessoa, onde está o meu pedido?",),
    "nl": ("Waar is mijn bestelling? Ik wacht al drie weken.",),
    "pl": ("Gdzie jest moje zamówienie? Nie wiem co się dzieje.",),
    "sv": ("Var är min beställning? Jag har väntat i tre veckor och du är inte här.",),
    "fi": ("Missä tilaukseni on? Olen odottanut kolme viikkoa.",),
    "hu": ("Hol van a rendelésem? Három hete várok.",),
    "id": ("Di mana pesanan saya? Saya sudah menunggu tiga minggu.",),
    "sw": ("Agizo langu liko wapi? Nimekuwa nikisubiri wiki tatu.",),
    "tl": ("Nasaan na ang order ko? Tatlong linggo na akong naghihintay.",),
    "tr": ("Benim siparişim nerede? Bir insan istiyorum.",),
    "vi": ("Đơn hàng của tôi ở đâu?",),
    "ru": ("Где мой заказ?",),
    "ja": ("注文はどこですか",),
    "zh": ("我的订单在哪里",),
    "ar": ("أين طلبي",),
}


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in OTHERS.items() for text in texts]
)
def test_other_language_is_told_and_its_words_are_not_judged(language: str, text: str) -> None:
    found = read(text)
    assert found.language == language
    assert found.facts == {}


@pytest.mark.parametrize(
    "text",
    ["ok", "Where is my order?", "El Camino Real", "My name is José Müller, order 48213", "WHERE IS MY PARCEL", "die",
     "refund pls", "I was told it is in São Paulo", "Café Rouge is closed"],
)  # fmt: skip
def test_english_with_foreign_names_is_judged(text: str) -> None:
    found = read(text)
    assert found.language == "en"
    assert found.facts


@pytest.mark.parametrize(
    ("text", "source"),
    [("Das Museum öffnet am Montag um 11 Uhr, und der Eintritt ist frei.", MUSEUM),
     (CARRIED, "Das Museum öffnet am Montag um 9 Uhr, und der Eintritt kostet 12 Dollar.")],
)  # fmt: skip
def test_support_across_languages_is_not_judged(text: str, source: str) -> None:
    found = read(text, Role.ASSISTANT, sources=(Source(source),))
    assert found.support is None
    assert all(claim.support is None and claim.conflict is not None for claim in found.claims)
    assert gap(text, source) is None


def test_figures_clash_in_any_language() -> None:
    source = Source("Die Fahrt dauert 40 Minuten und kostet 12 Euro.")
    (claim,) = read("Die Fahrt dauert 40 Minuten und kostet 15 Euro.", Role.ASSISTANT, sources=(source,)).claims
    assert (claim.conflict or 0.0) >= 0.5


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "...", "\U0001f642\U0001f642", "\u200b", "```\ncode\n```", "> quoted", "---"]
)
@pytest.mark.parametrize("role", Role)
def test_turn_without_words_of_its_own_reads_as_nothing(text: str, role: Role) -> None:
    found = read(text, role, sources=(Source(MUSEUM),))
    assert found.claims == ()
    assert found.support is None
    assert all(fact.score < FIRES for fact in found.facts.values())


@pytest.mark.parametrize(
    "text", ["I can`t log in, I don`t know why", "the 5` pipe and the 6` pipe", "a ` b", "``", "`" * 50, "```", "~~~ x"]
)
def test_own_words_keep_their_places_and_lone_marks_blank_nothing_said(text: str) -> None:
    assert len(own_words(text)) == len(text)
    if "`t" in text:
        assert own_words(text) == text

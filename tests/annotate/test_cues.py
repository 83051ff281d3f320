"""Each family of cues: what it must read, and what only looks like it."""

import pytest

from monitor.annotate.cues import OF_ROLE, STAFF_SAYS, cues_of
from monitor.annotate.phrases import forms, rows
from monitor.annotate.tokens import tokenise
from monitor.core.vocabulary import Role
from tests.annotate.turns import read, score

FIRES = 0.5

SAID_BY_PEOPLE = [
    ("human_request", "Let me speak to a human being, please."),
    ("human_request", "can i talk with your supervisor"),
    ("human_request", "Just connect me to someone who can decide this"),
    ("human_request", "Agent!"),
    ("human_request", "Please have someone call me back."),
    ("human_request", "How can I contact customer service?"),
    ("human_request", "Please call me back"),
    ("human_request", "Get me your manager"),
    ("human_request", "Can I have someone from your team look at it?"),
    ("human_request", "Please connect me"),
    ("human_request", "I'd like to talk to real people"),
    ("human_request", "Is there a real person I could ask?"),
    ("distress", "Some nights I want to die."),
    ("distress", "I can't take it anymore, everything is falling apart"),
    ("distress", "I feel so alone and hopeless since she left me."),
    ("distress", "I put on a film, but I just want to die."),
    ("distress", "No book helps, I honestly can't go on like this anymore."),
    ("dissatisfaction", "This is ridiculous, I am very disappointed."),
    ("dissatisfaction", "What terrible service."),
    ("dissatisfaction", "I'm fed up with waiting for an answer"),
    ("dissatisfaction", "It still doesn't work!"),
    ("confusion", "I don't understand what you mean by that"),
    ("confusion", "Sorry, I'm completely lost"),
    ("confusion", "That makes no sense to me."),
    ("dispute", "That's not correct, I never ordered this."),
    ("dispute", "You are wrong about the amount."),
    ("dispute", "The letter says thirty euros and that is not correct"),
    ("dispute", "There is an error in my bill."),
    ("dispute", "I want to appeal the decision"),
    ("dispute", "With respect, I do not believe this is quite right."),
    ("dispute", "Hmm, that sum doesn't look right."),
    ("dispute", "I fear there must have been a small mistake."),
    ("accountability", "Who is responsible for this?"),
    ("accountability", "How was this decision made?"),
    ("accountability", "Can someone verify this?"),
    ("judgement_request", "Which version sounds better?"),
    ("judgement_request", "Should we publish this?"),
    ("judgement_request", "Is this poem any good?"),
    ("urgency", "I need it asap"),
    ("urgency", "This is urgent, my flight leaves today"),
    ("satisfaction", "Thank you so much, that was very helpful"),
    ("hedging", "I think it might be the router"),
    ("question", "where is my parcel"),
]

SAID_BY_ASSISTANTS = [
    ("final_decision", "Your application has been approved."),
    ("final_decision", "We have decided to close the case."),
    ("final_decision", "You are not eligible for this benefit."),
    ("denial", "Your claim has been denied."),
    ("denial", "Unfortunately, we are unable to offer a refund on this occasion."),
    ("denial", "After careful thought we won't be moving forward with your application."),
    ("denial", "This falls outside our policy."),
    ("denial", "Your claim has been denied, but you can appeal if you disagree."),
    ("irreversible", "I have deleted all your files."),
    ("irreversible", "I've just transferred the money."),
    ("irreversible", "Your booking has been cancelled."),
    ("recommendation", "I would recommend the larger plan."),
    ("criteria_given", "I chose it because you said the battery matters most."),
    ("judgement", "In my opinion the second draft is stronger."),
    ("judgement", "The first headline is more elegant."),
    ("publication", "I have published the article on the blog."),
    ("publication", "The newsletter was sent to all customers."),
    ("refusal", "I'm sorry, but I can't help with that."),
    ("handoff_offer", "Let me transfer you to a colleague."),
    ("handoff_offer", "Would you like to speak with one of our agents?"),
    ("promise", "I guarantee you will receive it by Friday."),
]

NOT_SAID_BY_PEOPLE = [
    ("human_request", "I don't need a person, the form is enough."),
    ("human_request", "No need to connect me to an agent."),
    ("human_request", "My travel agent booked the room for two persons."),
    ("human_request", "I don't want to be transferred to another agent."),
    ("human_request", "Thanks, then I will contact customer service."),
    ("human_request", "Ok, will contact customer support then, thank you"),
    ("human_request", "Could you please contact the support of the bookshop for me?"),
    ("human_request", "Thank you, then I contact customer service."),
    ("human_request", "My friends call me Robin, so please use that name"),
    ("human_request", "Could you check with your supervisor whether this is possible?"),
    ("human_request", "I bought it through a representative."),
    ("human_request", "Someone from your team sent me this link."),
    ("human_request", "Ok, I have to contact customer service then, thank you."),
    ("human_request", "Can you connect me to the wifi?"),
    ("human_request", "Human faces are hard to draw."),
    ("human_request", "I find it hard to connect with people."),
    ("dispute", "I would like a room that is not above the kitchen."),
    ("dispute", "The cake should not be too sweet."),
    ("dispute", "It says that the e-mail is not correct."),
    ("dispute", "The message says incorrect password."),
    ("dispute", "Sorry, I made a mistake with the order."),
    ("dispute", "There is an error with the download."),
    ("dispute", "I never received this code."),
    ("human_request", "Can you talk to the manager of the hotel about my room?"),
    ("human_request", "Fine, then I will talk to an agent tomorrow"),
    ("human_request", "My phone number ends with 12, please change the phone number"),
    ("human_request", "Could you ask someone at the publisher to check the file?"),
    ("distress", "The film was so sad it made me want to die laughing"),
    ("distress", 'The sign says "I want to die" in red letters.'),
    ("distress", "My laptop battery died."),
    ("distress", "That musical made me want to die."),
    ("distress", "The queue was so slow, I wanted to die of boredom."),
    ("distress", "In the third chapter the heroine wants to end it all."),
    ("distress", "I'm afraid I don't have the number."),
    ("dissatisfaction", "I'm not disappointed at all."),
    ("dissatisfaction", "Please change my seat to the window."),
    ("confusion", "Please book the second one for Monday."),
    ("dispute", "Yes, the amount is fine."),
    ("dispute", "What did I do wrong?"),
    ("dispute", "Have I done something wrong here?"),
    ("accountability", "My mother paid for it."),
    ("judgement_request", "Please post the parcel tomorrow."),
    ("satisfaction", "I'm not happy with it."),
    ("urgency", "There is plenty of time."),
]

NOT_SAID_BY_ASSISTANTS = [
    ("final_decision", "I can look up your application if you like."),
    ("denial", "Your claim arrived this morning."),
    ("denial", "If a paper is missing, your application is denied."),
    ("final_decision", "A request is rejected only if nobody signed it."),
    ("irreversible", "I have not deleted anything."),
    ("irreversible", "Shall I delete the file?"),
    ("irreversible", "To delete a file, open the menu."),
    ("publication", "Shall I draft the newsletter?"),
    ("judgement", "The draft has three paragraphs."),
    ("recommendation", "The store opens at nine."),
    ("recommendation", "I would advise you to check with the library first."),
    ("recommendation", "I recommend contacting your bank."),
    ("refusal", "Your parcel is on its way."),
    ("handoff_offer", "The agent field shows the name of the software."),
    ("promise", "The parcel left the depot."),
]


SAID_BY_STAFF = [
    ("approval", "Approved."),
    ("approval", "I approve this refund."),
    ("approval", "Yes, go ahead."),
    ("approval", "You can send it now"),
    ("approval", "You have my permission to close the account."),
    ("approval", "Signed off: the letter may be published."),
    ("denial", "Do not send this letter."),
    ("denial", "This is not approved."),
    ("denial", "I can't approve that amount."),
    ("denial", "Please hold off until Monday."),
    ("denial", "Rejected, the amount is wrong."),
    ("denial", "Your claim has been denied."),
]

NOT_SAID_BY_STAFF = [
    ("approval", "Has this been approved?"),
    ("approval", "Once it is approved I will write to you."),
    ("approval", "If you approve, I will call."),
    ("approval", "I will not approve this."),
    ("approval", "The letter is on my desk."),
    ("approval", "Who approved this?"),
    ("approval", "I have to ask legal before you can send it."),
    ("approval", "Go ahead and restart your phone."),
    ("denial", "I will look at it tomorrow."),
    ("denial", "Don't worry, it will be fine."),
    ("denial", "Approved."),
]


@pytest.mark.parametrize(("fact", "text"), SAID_BY_STAFF)
def test_staff_consent_said_outright_reads_as_it(fact: str, text: str) -> None:
    assert score(text, fact, Role.STAFF) >= FIRES


@pytest.mark.parametrize(("fact", "text"), NOT_SAID_BY_STAFF)
def test_staff_near_miss_is_no_consent(fact: str, text: str) -> None:
    assert score(text, fact, Role.STAFF) < FIRES


def test_staff_order_not_to_send_is_a_refusal_from_staff_only() -> None:
    assert score("Please do not send cash.", "denial", Role.ASSISTANT) < FIRES
    assert "denial" not in read("Please do not send cash.").facts


@pytest.mark.parametrize(("fact", "text"), SAID_BY_PEOPLE)
def test_people_cue_said_outright_reads_as_it(fact: str, text: str) -> None:
    assert score(text, fact) >= FIRES


@pytest.mark.parametrize(("fact", "text"), NOT_SAID_BY_PEOPLE)
def test_people_near_miss_does_not_read_as_it(fact: str, text: str) -> None:
    assert score(text, fact) < FIRES


@pytest.mark.parametrize(("fact", "text"), SAID_BY_ASSISTANTS)
def test_assistant_cue_said_outright_reads_as_it(fact: str, text: str) -> None:
    assert score(text, fact, Role.ASSISTANT) >= FIRES


@pytest.mark.parametrize(("fact", "text"), NOT_SAID_BY_ASSISTANTS)
def test_assistant_near_miss_does_not_read_as_it(fact: str, text: str) -> None:
    assert score(text, fact, Role.ASSISTANT) < FIRES


def test_spans_cue_found_point_at_the_phrase() -> None:
    text = "Hello. Could I talk to a real person?"
    (span,) = read(text).facts["human_request"].spans
    assert text[span.start : span.end] == "talk to a real person"


@pytest.mark.parametrize("text", ["> I want to die\nShe wrote this.", "```\nI want to die\n```\nWhat does it print?"])
def test_cues_in_code_or_quoted_lines_are_not_the_speakers(text: str) -> None:
    assert read(text).facts["distress"].score == 0.0


def test_roles_have_only_their_own_facts() -> None:
    assert "denial" not in read("Your claim has been denied.").facts
    assert "distress" not in read("I want to die", Role.ASSISTANT).facts


def test_table_rows_are_well_formed() -> None:
    known = {cue for cues in OF_ROLE.values() for cue in cues} | STAFF_SAYS.keys()
    for cue, weight, phrase in rows("cues"):
        assert cue in known
        assert 0.0 < float(weight) <= 0.95
        elements = [element for element in phrase.split(" ") if element not in ("^", "$", "?")]
        assert any(not element.startswith("(") and element != "*" for element in elements), phrase
        assert "*" not in (elements[0], elements[-1])
        assert all(form.strip() for element in elements if element != "*" for form in forms(element)), phrase


def test_cues_of_many_hints_are_not_a_plain_word() -> None:
    hints = cues_of(tokenise("The problem again, why? An error, still, and delayed for weeks."), Role.USER)[
        "dissatisfaction"
    ]
    assert 0.5 < hints.score <= 0.75


@pytest.mark.parametrize(
    "text",
    [
        "We are going through a really rough patch at home.",
        "I have nobody to talk to in this town.",
        "Most evenings I feel so empty.",
        "I keep having dark thoughts.",
        "I am scared we lose our flat and I am losing my mind over it.",
        "My aunt passed away in spring.",
    ],
)
def test_hardship_of_life_is_a_sign_of_distress(text: str) -> None:
    assert cues_of(tokenise(text), Role.USER)["distress"].score >= 0.45


@pytest.mark.parametrize(
    "text",
    [
        "I had a hard time finding the order page.",
        "Nobody told me to turn the printer off first.",
        "The box was empty, I feel like it was never packed.",
        "It loses my settings after every update.",
        "The edge of the table is broken.",
    ],
)
def test_trouble_with_a_thing_is_no_distress(text: str) -> None:
    assert cues_of(tokenise(text), Role.USER)["distress"].score < 0.3

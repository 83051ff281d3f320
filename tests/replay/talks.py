"""Small recorded talks as lines, for the tests of the replay and of its command."""

import json
from collections.abc import Iterable, Sequence

from monitor.core.channels import INTERACTIONS
from monitor.core.interaction import Position
from monitor.ingest import IngestOptions, Record
from monitor.policy_file import load_policy
from monitor.replay.engine import Adoption, Engine, Standings, Turn

CALM = (
    ("user", "Hello, where is my parcel?"),
    ("assistant", "It is on its way and arrives on Friday."),
    ("user", "Great, thank you very much."),
)
ANGRY = (
    ("user", "Where is my refund?"),
    ("assistant", "The refund was denied."),
    ("user", "That is wrong, I was charged twice. I dispute this. Let me talk to a human."),
    ("assistant", "I am sorry to hear that."),
    ("user", "I want to speak to a real person, not a bot. Connect me with a human agent now!"),
)


def talk(session: str, said: Iterable[tuple[str, str]], **given: object) -> list[bytes]:
    """A session's turns as lines, a minute apart."""
    return [
        line(session_id=session, role=role, text=text, ts=1_700_000_000 + 60 * number, **given)
        for number, (role, text) in enumerate(said)
    ]


def line(**fields: object) -> bytes:
    """One turn as JSON, of the system ``shop-bot`` unless said otherwise."""
    return json.dumps({"system_id": "shop-bot"} | fields).encode()


def day(sessions: int = 12) -> list[bytes]:
    """Talks of several systems side by side, every third one angry, with two lines that are no turns."""
    talks = [
        talk(f"s{number}", CALM if number % 3 else ANGRY, system_id=f"bot-{number % 2}") for number in range(sessions)
    ]
    woven = [each[turn] for turn in range(max(map(len, talks))) for each in talks if turn < len(each)]
    return [*woven[:5], b"{broken", *woven[5:], line(session_id="s0", role="user")]


def records(lines: Sequence[bytes], *, partition: int = 0, first: int = 0) -> list[Record]:
    """Lines as records of one partition."""
    return [Record(Position(INTERACTIONS, partition, first + index), value) for index, value in enumerate(lines)]


def run(
    given: Iterable[Record], *, standings: Standings = "live", schedule: Sequence[Adoption] | None = None
) -> list[Turn]:
    """What the engine makes of records under the shipped policy."""
    engine = Engine(load_policy(None), IngestOptions(), standings=standings, schedule=schedule)
    return list(engine.run(given))

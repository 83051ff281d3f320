from monitor.core.channels import COMMANDS, INTERACTIONS
from monitor.core.events import Heartbeat
from monitor.core.interaction import Position
from monitor.core.log import Command, Observation
from monitor.core.vocabulary import Role
from monitor.demo.progress import Progress
from monitor.demo.tally import DeadLetter


def turn(offset: int, *, partition: int = 0, ordinal: int = 0) -> Observation:
    source = Position(INTERACTIONS, partition, offset)
    return Observation(
        source=source, ordinal=ordinal, system_id="bot", session_id="s", turn=offset, at=1.0, role=Role.USER
    )


def beat(progress: int, *, partition: int = 0) -> Heartbeat:
    return Heartbeat(partition=partition, progress=progress, lag=0, worker="w", policy="p", wall=1.0)


def test_progress_before_anything_was_sent_is_drained() -> None:
    assert Progress().drained


def test_progress_is_drained_once_the_turn_is_logged_and_the_log_decided() -> None:
    progress = Progress()
    progress.sent((INTERACTIONS, 0, 0))
    assert not progress.drained
    progress.heard(turn(0), 2, 5)
    assert not progress.drained
    progress.heard(beat(4, partition=2), 0, 0)
    assert not progress.drained
    progress.heard(beat(5, partition=2), 0, 1)
    assert progress.drained


def test_progress_decision_heard_before_the_acknowledgement_counts() -> None:
    progress = Progress()
    progress.heard(turn(0), 0, 0)
    progress.sent((INTERACTIONS, 0, 0))
    progress.heard(beat(0), 0, 0)
    assert progress.drained


def test_progress_dead_letter_is_an_answer_too() -> None:
    progress = Progress()
    progress.sent((INTERACTIONS, 3, 9))
    progress.heard(DeadLetter("invalid_json", "", 3, 9), 0, 0)
    assert progress.drained


def test_progress_final_observation_does_not_stand_for_the_turn_that_caused_it() -> None:
    progress = Progress()
    progress.sent((INTERACTIONS, 0, 4))
    progress.heard(turn(4, ordinal=1), 0, 0)
    assert progress.waiting == 1


def test_progress_command_is_answered_by_its_relayed_copy() -> None:
    progress = Progress()
    progress.sent((COMMANDS, 1, 0))
    order = Command(
        action="reset", system_id="bot", issued_by="me", reason="so", source=Position("eu." + COMMANDS, 1, 0)
    )
    progress.heard(order, 0, 0)
    progress.heard(beat(0), 0, 0)
    assert progress.drained

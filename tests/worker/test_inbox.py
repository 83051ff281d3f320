"""Standings and policies that arrive from outside: the newest wins, and nothing foreign ends a worker."""

import asyncio

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import Settings
from monitor.core.events import PolicyReload, PolicyText, Standing
from monitor.policy_file import load_policy
from monitor.worker.inbox import MAX_KNOWN, PolicyBook, StandingInbox, _policy_text
from tests.strategies import json_values


def standing(version: int, system_id: str = "desk") -> Standing:
    return Standing(system_id=system_id, version=version)


def inbox(*versions: int) -> StandingInbox:
    box = StandingInbox(Settings())
    for version in versions:
        box.put(msgspec.json.encode(standing(version)))
    return box


@given(versions=st.lists(st.integers(0, 50), min_size=1), known=st.none() | st.integers(0, 50))
def test_newer_is_the_highest_version_whatever_the_order(versions: list[int], known: int | None) -> None:
    found = inbox(*versions).newer("desk", None if known is None else standing(known))
    wanted = max(versions)
    assert found == (None if known is not None and wanted <= known else standing(wanted))


def test_newer_of_another_system_is_none() -> None:
    assert inbox(3).newer("shop", None) is None


@given(value=st.binary() | json_values.map(msgspec.json.encode) | st.just(b'{"x":' * 50_000))
def test_put_anything_is_left_out_without_harm(value: bytes) -> None:
    box = inbox(3)
    box.put(value)
    assert box.newer("desk", None) == standing(3)


@given(value=st.none() | st.binary() | json_values.map(msgspec.json.encode))
def test_policy_text_foreign_record_is_left_out(value: bytes | None) -> None:
    assert _policy_text(b"0123456789abcdef", value) is None


def test_policy_text_reload_in_the_same_topic_is_passed_over_quietly(caplog: pytest.LogCaptureFixture) -> None:
    reload = PolicyReload(worker="w", outcome="unchanged", trigger="signal", fingerprint="f", wall=1.0)
    assert _policy_text(b"reload/w", msgspec.json.encode(reload)) is None
    assert caplog.text == ""


class Published(PolicyBook):
    """A book over texts instead of a topic; counts how often it is read."""

    texts: tuple[PolicyText, ...] = ()
    reads = 0

    async def _published(self) -> list[PolicyText]:
        self.reads += 1
        return list(self.texts)


def book(*texts: PolicyText) -> Published:
    made = Published(Settings(), load_policy(None))
    made.texts = texts
    return made


def test_named_none_or_current_asks_nobody() -> None:
    made = book()
    assert asyncio.run(made.named(None)) is made.current
    assert asyncio.run(made.named(made.current.fingerprint)) is made.current
    assert made.reads == 0


def test_named_earlier_policy_comes_from_the_topic_and_is_kept() -> None:
    other = load_policy(None)
    made = book(PolicyText(fingerprint=other.fingerprint, name="other", text=other.text))
    made._known.clear()
    found = asyncio.run(made.named(other.fingerprint))
    assert found.fingerprint == other.fingerprint
    assert asyncio.run(made.named(other.fingerprint)) is found
    assert made.reads == 1


def test_put_is_current_and_earlier_ones_stay_known_up_to_a_cap() -> None:
    made, shipped = book(), load_policy(None)
    for number in range(MAX_KNOWN + 5):
        made.put(msgspec.structs.replace(shipped, fingerprint=f"{number:016x}"))
    assert made.current.fingerprint == f"{MAX_KNOWN + 4:016x}"
    assert asyncio.run(made.named(f"{5:016x}")).fingerprint == f"{5:016x}"
    assert made.reads == 0
    assert len(made._known) == MAX_KNOWN


@pytest.mark.parametrize("text", ["", "not: [a policy", load_policy(None).text])
def test_named_text_that_is_not_what_it_says_leaves_the_current_policy(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    made = book(PolicyText(fingerprint="0123456789abcdef", name="p", text=text))
    assert asyncio.run(made.named("0123456789abcdef")) is made.current
    assert "0123456789abcdef" in caplog.text

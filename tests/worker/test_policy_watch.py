"""The policy's file while a worker runs: what it means is adopted, what is wrong with it never replaces a good one."""

import asyncio
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError

from monitor.codec import binary, decode_event
from monitor.config import Settings
from monitor.core.events import PolicyReload
from monitor.core.outputs import reload_output
from monitor.core.policy.model import Policy
from monitor.core.vocabulary import Mode
from monitor.policy_file import load_policy
from monitor.worker import policy_watch as module
from monitor.worker.inbox import PolicyBook
from monitor.worker.policy_watch import MAX_PROBLEM, MAX_PROBLEMS, PolicyWatch, in_mode

GOOD = "name: mine\nowner: care\n"
OTHER = "name: mine\nowner: desk\n"
SAME = "# who answers\nowner: care\nname: mine\n"
BAD = "name: mine\nowner: care\nbouns: {}\ngranted: ac\n"


class Bench:
    """A watch over a file of this test, and what it published and told."""

    def __init__(self, path: Path, mode: Mode = Mode.LIVE) -> None:
        settings = Settings(policy=path, mode=mode, policy_poll=0.01)
        self.book = PolicyBook(settings, in_mode(load_policy(path), mode))
        self.published: list[str] = []
        self.told: list[PolicyReload] = []
        self.failure: Exception | None = None
        self.watch = PolicyWatch(settings, self.book, publish=self._publish, report=self._report, worker="w-1")
        self.watch.settle_seconds = 0.0
        self.look()

    def look(self, trigger: module.Trigger = "file") -> list[str]:
        """Outcomes told by one look."""
        before = len(self.told)
        asyncio.run(self.watch.look(trigger))
        return [reload.outcome for reload in self.told[before:]]

    @property
    def owner(self) -> str:
        return self.book.current.base.owner

    async def _publish(self, policy: Policy) -> None:
        if self.failure is not None:
            raise self.failure
        assert self.book.current.fingerprint != policy.fingerprint, "current before it was published"
        self.published.append(policy.fingerprint)

    async def _report(self, reload: PolicyReload) -> None:
        assert decode_event(*binary(reload_output(reload))).data == reload
        self.told.append(reload)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD)
    return file


@pytest.fixture
def bench(path: Path) -> Bench:
    return Bench(path)


def test_look_untouched_file_tells_nothing(bench: Bench) -> None:
    assert (bench.look(), bench.told, bench.published) == ([], [], [])


def test_look_edited_file_is_published_then_current(bench: Bench, path: Path) -> None:
    before = bench.book.current.fingerprint
    path.write_text(OTHER)
    assert bench.look() == ["adopted"]
    assert bench.owner == "desk"
    assert bench.published == [bench.book.current.fingerprint]
    (told,) = bench.told
    assert (told.previous, told.fingerprint, told.trigger) == (before, bench.book.current.fingerprint, "file")
    assert bench.look() == []


def test_look_edit_between_the_start_and_the_first_look_is_not_missed(path: Path) -> None:
    settings = Settings(policy=path)
    watched = Bench(path)
    watched.watch = PolicyWatch(settings, watched.book, publish=watched._publish, report=watched._report, worker="w-1")
    watched.watch.settle_seconds = 0.0
    path.write_text(OTHER)
    assert watched.look() == ["adopted"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BAD, ["bouns: unknown key", '"ac"']),
        ("", ["a policy is a map"]),
        ("name: [", ["not valid YAML"]),
        (b"name: \xff\n", ["not UTF-8"]),
        ("x: " + "[" * 3_000, ["mine.yaml"]),
    ],
)
def test_look_bad_file_keeps_the_last_good_one_and_tells_every_problem_once(
    bench: Bench, path: Path, caplog: pytest.LogCaptureFixture, text: str | bytes, says: list[str]
) -> None:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert bench.look() == ["refused"]
    assert bench.look() == []
    assert (bench.owner, bench.published) == ("care", [])
    problems = "\n".join(bench.told[0].problems)
    assert [word for word in says if word not in problems or word not in caplog.text] == []
    assert bench.told[0].fingerprint == bench.book.current.fingerprint
    assert caplog.text.count("policy refused") == 1


def test_look_same_bad_content_again_is_told_and_not_logged_again(
    bench: Bench, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes = []
    for text in (BAD, GOOD, BAD, "", BAD):
        path.write_text(text)
        outcomes += bench.look()
    assert outcomes == ["refused", "unchanged", "refused", "refused", "refused"]
    assert caplog.text.count("bouns") == 1


def test_look_deleted_then_restored_file(bench: Bench, path: Path) -> None:
    path.unlink()
    assert bench.look() == ["refused"]
    assert "cannot be read" in bench.told[0].problems[0]
    path.write_text(GOOD)
    assert bench.look() == ["unchanged"]
    path.unlink()
    path.mkdir()
    assert bench.look() == ["refused"]
    assert bench.owner == "care"


def test_look_other_words_for_the_same_are_unchanged(bench: Bench, path: Path) -> None:
    current = bench.book.current
    path.write_text(SAME)
    assert bench.look() == ["unchanged"]
    assert bench.book.current is current
    assert bench.published == []


def test_signal_reads_and_tells_whatever_the_file_says(
    bench: Bench, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert bench.look("signal") == ["unchanged"]
    path.write_text(BAD)
    assert [*bench.look("signal"), *bench.look("signal"), *bench.look()] == ["refused", "refused"]
    assert caplog.text.count("bouns") == 2
    assert {reload.trigger for reload in bench.told} == {"signal"}


def test_shadow_worker_stays_in_shadow_under_an_edited_policy(path: Path) -> None:
    bench = Bench(path, Mode.SHADOW)
    path.write_text(OTHER)
    assert bench.look() == ["adopted"]
    assert (bench.owner, bench.book.current.base.mode) == ("desk", Mode.SHADOW)
    path.write_text(OTHER + "mode: live\n")
    assert bench.look() == ["unchanged"]


def test_look_directory_new_changed_and_removed_files_count_and_others_do_not(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(GOOD)
    bench = Bench(tmp_path)
    (tmp_path / "bot.yaml").write_text("granted: recommend\n")
    (tmp_path / "notes.txt").write_text("nothing")
    assert bench.look() == ["adopted"]
    assert set(bench.book.current.systems) == {"bot"}
    (tmp_path / "notes.txt").write_text("something")
    assert bench.look() == []
    (tmp_path / "bot.yaml").write_text("granted: never\n")
    assert bench.look() == ["refused"]
    (tmp_path / "bot.yaml").unlink()
    assert bench.look() == ["adopted"]
    assert bench.book.current.systems == {}


@pytest.mark.parametrize("named", ["policy.yaml", "."])
def test_look_replaced_link_as_a_config_map_does_it(tmp_path: Path, named: str) -> None:
    for number, text in enumerate((GOOD, OTHER, OTHER)):
        (tmp_path / f"..version-{number}").mkdir()
        (tmp_path / f"..version-{number}" / "policy.yaml").write_text(text)
    (tmp_path / "..data").symlink_to("..version-0")
    (tmp_path / "policy.yaml").symlink_to("..data/policy.yaml")
    bench = Bench(tmp_path / named)
    for number, outcome in ((1, ["adopted"]), (2, [])):
        (tmp_path / "..data_tmp").symlink_to(f"..version-{number}")
        (tmp_path / "..data_tmp").rename(tmp_path / "..data")
        assert bench.look() == outcome
    (tmp_path / "..data").unlink()
    assert bench.look() == ["refused"]
    assert bench.owner == "desk"


def test_read_file_that_changes_meanwhile_is_read_again(
    bench: Bench, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_written(file: Path | None) -> Policy:
        monkeypatch.setattr(module, "load_policy", load_policy)
        path.write_text(OTHER)
        return load_policy(file)

    path.write_text("name: mine\nowner: de\n")
    monkeypatch.setattr(module, "load_policy", half_written)
    assert bench.look() == ["adopted"]
    assert bench.owner == "desk"
    assert len(bench.published) == 1


def test_read_whatever_our_own_code_raises_is_a_problem(
    bench: Bench, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Path | None) -> Policy:
        raise RecursionError("too deep")

    monkeypatch.setattr(module, "load_policy", fails)
    path.write_text(OTHER)
    assert bench.look() == ["refused"]
    assert "RecursionError: too deep" in bench.told[0].problems[0]


def test_publish_that_fails_leaves_the_old_policy_and_is_tried_again(bench: Bench, path: Path) -> None:
    bench.failure = KafkaConnectionError("no broker")
    path.write_text(OTHER)
    assert [*bench.look(), *bench.look()] == ["refused", "refused"]
    assert bench.owner == "care"
    bench.failure = None
    assert [*bench.look(), *bench.look()] == ["adopted"]


def test_publish_of_what_the_topic_never_takes_is_refused_once(bench: Bench, path: Path) -> None:
    bench.failure = MessageSizeTooLargeError("2 MB")
    path.write_text(OTHER)
    assert [*bench.look(), *bench.look()] == ["refused"]
    assert "too large" in bench.told[0].problems[0]


def test_problems_told_are_the_first_ones_cut(bench: Bench, path: Path) -> None:
    path.write_text(GOOD + "".join(f"key{number}{'x' * 2 * MAX_PROBLEM}: 1\n" for number in range(MAX_PROBLEMS + 7)))
    assert bench.look() == ["refused"]
    problems = bench.told[0].problems
    assert len(problems) == MAX_PROBLEMS + 1
    assert "7 more" in problems[-1]
    assert max(map(len, problems)) <= MAX_PROBLEM + 2


def test_follow_goes_on_after_a_failure_of_its_own_and_hears_the_signal(bench: Bench, path: Path) -> None:
    looks: list[str] = []
    seen = asyncio.Event()

    async def look(trigger: module.Trigger) -> None:
        looks.append(trigger)
        if len(looks) == 1:
            bench.watch.ask()
            raise OSError("a file system that fails")
        if len(looks) == 3:
            seen.set()

    async def play() -> None:
        following = asyncio.create_task(bench.watch.follow())
        await seen.wait()
        following.cancel()

    bench.watch.look = look  # type: ignore[method-assign]
    asyncio.run(asyncio.wait_for(play(), 30))
    assert looks[:3] == ["file", "signal", "file"]


def test_signal_without_a_policy_file_tells_that_the_shipped_default_is_unchanged() -> None:
    settings = Settings()
    told: list[PolicyReload] = []

    async def report(reload: PolicyReload) -> None:
        told.append(reload)

    async def publish(_: Policy) -> None:
        raise AssertionError("nothing new")

    watch = PolicyWatch(settings, PolicyBook(settings, load_policy(None)), publish=publish, report=report, worker="w")
    asyncio.run(watch.look("signal"))
    assert [reload.outcome for reload in told] == ["unchanged"]

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import OperatorError
from monitor.topics import IN_SYNC, MAX_BYTES, Kind, TopicSpec, diff, load_contract, topic_name, topic_specs

CONTRACT = load_contract()
WANTED = topic_specs(CONTRACT)
BY_NAME = {spec.name: spec for spec in WANTED}
INPUT = BY_NAME["oversight.interactions.v1"]
ESCALATIONS = BY_NAME["oversight.escalations.v1"]


def changed(
    spec: TopicSpec, *, partitions: int | None = None, replication: int | None = None, **config: str
) -> TopicSpec:
    named = {name.replace("_", "."): value for name, value in config.items()}
    return TopicSpec(
        spec.name, partitions or spec.partitions, replication or spec.replication, spec.config | named, fixed=spec.fixed
    )


def test_specs_leave_out_reserved_channels() -> None:
    reserved = {each.address for each in load_contract().channels if each.reserved}
    assert reserved == {"oversight.session-holds.v1", "oversight.autonomy.v1"}
    assert not reserved & set(BY_NAME)


def test_specs_name_the_changelogs_by_application() -> None:
    names = {spec.name for spec in topic_specs(app_id="shadow")}
    assert {"shadow-session-changelog", "shadow-system-changelog"} <= names


def test_prefix_goes_before_every_name() -> None:
    assert [spec.name for spec in topic_specs(prefix="eu.")] == ["eu." + spec.name for spec in WANTED]


def test_output_prefix_goes_before_all_but_the_input_which_is_borrowed() -> None:
    specs = topic_specs(prefix="eu.", output_prefix="candidate.", app_id="other")
    borrowed = {spec.name for spec in specs if spec.borrowed}
    assert borrowed == {"eu.oversight.interactions.v1", "eu.oversight.reviews.v1", "eu.oversight.commands.v1"}
    assert [spec.name for spec in specs if not spec.borrowed and not spec.name.startswith("eu.candidate.")] == []
    assert "eu.candidate.other-session-changelog" in {spec.name for spec in specs}


def test_diff_of_borrowed_topics_is_their_absence_and_the_count_that_state_needs() -> None:
    specs = {spec.name: spec for spec in topic_specs(output_prefix="candidate.") if spec.borrowed}
    turns, reviews = specs["oversight.interactions.v1"], specs["oversight.reviews.v1"]
    missing, others = diff([changed(turns, partitions=6, replication=1, retention_ms="1")], [reviews, turns])
    assert (missing.topic, missing.kind, missing.blocking) == (reviews.name, Kind.MISSING, True)
    assert "without OVERSIGHT_OUTPUT_PREFIX" in missing.action
    assert (others.topic, others.kind, others.blocking) == (turns.name, Kind.PARTITIONS, True)


def test_names_are_legal_and_without_underscores() -> None:
    assert [spec.name for spec in WANTED if not set(spec.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")] == []
    assert len(BY_NAME) == len(WANTED)


@pytest.mark.parametrize("prefix", ["eu_", "eu/", "e" * 250, "eu "])
def test_name_illegal_refused_with_the_setting_to_change(prefix: str) -> None:
    with pytest.raises(OperatorError, match="OVERSIGHT_TOPIC_PREFIX"):
        topic_name("oversight.breakers.v1", prefix=prefix)


@given(partitions=st.integers(1, 500))
def test_partitions_apply_to_the_topics_that_share_the_input_count_only(partitions: int) -> None:
    specs = topic_specs(CONTRACT, partitions=partitions)
    assert {spec.name for spec in specs if spec.fixed} == {
        "oversight.interactions.v1",
        "oversight.observations.v1",
        "oversight-session-changelog",
        "oversight-system-changelog",
    }
    assert {spec.partitions for spec in specs if spec.fixed} == {partitions}
    assert [spec for spec in specs if not spec.fixed] == [spec for spec in WANTED if not spec.fixed]


@pytest.mark.parametrize(("replication", "in_sync"), [(1, "1"), (2, "1"), (3, "2"), (5, "2")])
def test_in_sync_replicas_leave_one_broker_to_fail(replication: int, in_sync: str) -> None:
    specs = topic_specs(replication=replication)
    assert {spec.replication for spec in specs} == {replication}
    assert {spec.config[IN_SYNC] for spec in specs} == {in_sync}


@given(limit=st.integers(0, 64 * 2**20))
def test_record_limit_raises_the_topics_that_hold_records_and_never_lowers_them(limit: int) -> None:
    specs = {
        spec.name: int(spec.config[MAX_BYTES])
        for spec in topic_specs(CONTRACT, record_bytes=limit)
        if MAX_BYTES in spec.config
    }
    assert set(specs) == {"oversight.interactions.v1", "oversight.interactions.v1.dlq"}
    assert all(each >= max(limit, 2**20) + 65_536 for each in specs.values())


def test_diff_of_equals_empty() -> None:
    assert diff(WANTED, WANTED) == ()


def test_diff_missing_topic_named() -> None:
    (found,) = diff([spec for spec in WANTED if spec is not INPUT], WANTED)
    assert (found.topic, found.kind, found.blocking) == (INPUT.name, Kind.MISSING, False)
    assert "topics apply" in found.action


def test_diff_partitions_that_carry_state_blocks_and_says_what_to_do() -> None:
    (found,) = diff([changed(INPUT, partitions=6)], [INPUT])
    assert found.blocking
    assert "6 partitions, not 12" in found.reason
    assert "--partitions) to 6" in found.action


def test_diff_partitions_without_state_does_not_block() -> None:
    (found,) = diff([changed(ESCALATIONS, partitions=1)], [ESCALATIONS])
    assert (found.kind, found.blocking) == (Kind.PARTITIONS, False)


def test_diff_replication_named() -> None:
    (found,) = diff([changed(INPUT, replication=1)], [INPUT])
    assert (found.kind, found.blocking) == (Kind.REPLICATION, False)


def test_diff_setting_named_with_both_values() -> None:
    (found,) = diff([changed(ESCALATIONS, retention_ms="1000")], [ESCALATIONS])
    assert found.kind is Kind.CONFIG
    assert "retention.ms=1000, not 2592000000" in str(found)


def test_diff_ignores_order_of_lists_and_settings_nobody_wants() -> None:
    want = TopicSpec("a", 1, 1, {"cleanup.policy": "compact,delete"})
    have = TopicSpec("a", 1, 1, {"cleanup.policy": "delete,compact", "segment.bytes": "1"})
    assert diff([have, TopicSpec("of-somebody-else", 1, 1)], [want]) == ()


@given(have=st.lists(st.sampled_from(WANTED), unique_by=lambda spec: spec.name))
def test_diff_reports_exactly_what_is_missing(have: list[TopicSpec]) -> None:
    missing = [spec.name for spec in WANTED if spec not in have]
    assert [each.topic for each in diff(have, WANTED)] == missing


@pytest.mark.parametrize("text", ["channels: {a: {}}", "channels: [", "- 1", ""])
def test_contract_broken_refused_with_its_path(tmp_path: Path, text: str) -> None:
    (tmp_path / "asyncapi.yaml").write_text(text)
    with pytest.raises(OperatorError, match=r"asyncapi\.yaml is not a readable topic contract"):
        load_contract(tmp_path)


def test_contract_missing_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="reinstall"):
        load_contract(tmp_path)

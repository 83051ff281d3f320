from pathlib import Path

import pytest

from monitor.core.errors import PolicyError
from monitor.core.vocabulary import Autonomy, Mode, Situation
from monitor.policy_file import load_policy, policy_from_text, shadowed

BAD = sorted((Path(__file__).parent / "policies" / "bad").glob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_load_policy_bad_file_names_the_fault_and_its_line(path: Path) -> None:
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")
    with pytest.raises(PolicyError) as error:
        load_policy(path)
    assert [problem for problem in error.value.problems if expected in problem], error.value.problems
    assert all(problem.startswith(str(path)) for problem in error.value.problems)


def test_load_policy_several_faults_all_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("name: mine\nowner: care\nbouns: {}\ngranted: ac\nbounds: {dispute: {raise: 2}}\nbouns: {}\n")
    with pytest.raises(PolicyError) as error:
        load_policy(path)
    text = "\n".join(error.value.problems)
    assert all(word in text for word in ("bouns: unknown key", '"ac"', "bounds.dispute.raise", "written twice"))


def test_load_policy_none_is_the_shipped_default_with_all_eight_rows() -> None:
    policy = load_policy(None)
    assert {situation.name for situation in policy.base.situations} == set(Situation)
    assert policy.base.owner == "unassigned"
    assert policy.of("never-heard-of", "whatever") is policy.base


def test_load_policy_missing_file_is_an_operator_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(tmp_path / "none.yaml")


def test_load_policy_not_utf8_is_an_operator_error(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"name: \xff\n")
    with pytest.raises(PolicyError, match="not UTF-8"):
        load_policy(path)


def test_load_policy_directory_gives_each_file_its_system(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("name: mine\nowner: care\n")
    (tmp_path / "bot.yaml").write_text("granted: recommend\n")
    (tmp_path / "other.yaml").write_text("system: a:b\nowner: desk\ncapabilities: {refunds: {granted: support}}\n")
    policy = load_policy(tmp_path)
    assert policy.of("bot").granted is Autonomy.RECOMMEND
    assert policy.of("bot").owner == "care"
    assert policy.of("a:b").owner == "desk"
    assert policy.of("a:b", "refunds").granted is Autonomy.SUPPORT
    assert policy.of("a:b", "refunds").situations[0].owner == "desk"


def test_load_policy_directory_fault_names_the_systems_own_file(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("name: mine\nowner: care\n")
    (tmp_path / "bot.yaml").write_text("\ngranted: recomend\n")
    with pytest.raises(PolicyError) as error:
        load_policy(tmp_path)
    place, _, rest = error.value.problems[0].partition(": ")
    assert place == f"{tmp_path / 'bot.yaml'}:2"
    assert rest == 'systems.bot.granted: unknown level of autonomy "recomend"; did you mean "recommend"?'


def test_load_policy_system_in_two_files_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("name: mine\nowner: care\nsystems: {bot: {granted: act}}\n")
    (tmp_path / "bot.yaml").write_text("granted: recommend\n")
    with pytest.raises(PolicyError, match="described twice"):
        load_policy(tmp_path)


def test_load_policy_empty_directory_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"put policy\.yaml"):
        load_policy(tmp_path)


def test_policy_from_text_repeats_the_policy_without_the_default_below_it(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(
        "name: mine\nowner: care\nsystems:\n  bot:\n    bounds: {dispute: {raise: 0.9}}\n"
        "    situations: {support_resolution: {rules: {person_wanted: null}}}\n"
    )
    policy = load_policy(path)
    assert policy_from_text(policy.text) == policy
    assert policy_from_text(load_policy(None).text) == load_policy(None)


def test_shadowed_policy_decides_everything_in_shadow_under_a_fingerprint_of_its_own() -> None:
    live = load_policy(None)
    shadow = shadowed(live)
    assert shadow.base.mode is Mode.SHADOW
    assert shadow.fingerprint != live.fingerprint
    assert policy_from_text(shadow.text) == shadow


def test_load_policy_a_merged_key_may_be_overridden(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(
        "name: mine\nowner: care\nsystems:\n  a: &a {owner: one, granted: support}\n  b: {<<: *a, owner: other}\n"
    )
    found = load_policy(file)
    assert (found.of("b").owner, found.of("b").granted) == ("other", "support")


def test_load_policy_larger_than_any_policy_is_refused_by_size(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("name: mine\nowner: care\npurpose: " + "long " * 250_000)
    with pytest.raises(PolicyError, match="at most 1000000; is this the policy"):
        load_policy(file)

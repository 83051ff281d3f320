from pathlib import Path

from monitor.demo.plan import DEMO_POLICY, Plan, played
from monitor.demo.traffic import TURNS
from monitor.policy_file import load_policy


def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.jsonl"
    path.write_text('{"session_id": "s", "role": "user", "text": "Hi"}\n' * 600)
    return path


def test_plan_by_default_plays_the_whole_day_within_its_minutes() -> None:
    plan = Plan(minutes=2.0)
    assert plan.turns_per_second * plan.minutes * 60 >= TURNS
    assert plan.policy_file == DEMO_POLICY


def test_plan_own_rate_is_kept() -> None:
    assert Plan(rate=3.0).turns_per_second == 3.0


def test_plan_with_data_plays_all_of_it_under_the_shipped_policy(tmp_path: Path) -> None:
    plan = Plan(data=own(tmp_path), minutes=1.0)
    assert plan.turns_per_second * 60 >= 600
    assert plan.policy_file is None
    assert len(list(played(plan))) == 600


def test_demo_policy_names_an_owner_for_every_system_and_row() -> None:
    policy = load_policy(DEMO_POLICY)
    for system in (policy.base, *policy.systems.values()):
        assert all(row.owner != "unassigned" for row in system.situations)

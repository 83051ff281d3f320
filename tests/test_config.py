"""Settings: one table, every problem at once, and no secret in what is shown."""

from pathlib import Path
from typing import Any

import pytest

from monitor.config import SECRETS, SETTINGS, Settings, load_settings
from monitor.core.errors import SettingsError
from monitor.core.vocabulary import Mode

PASSWORD = "correct horse battery"  # a test's


def config(folder: Path, text: str | bytes) -> dict[str, str]:
    file = folder / "oversight.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return {"OVERSIGHT_CONFIG": str(file)}


def problems(environment: dict[str, str], **overrides: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment, **overrides)
    return str(caught.value)


def test_settings_table_and_fields_are_the_same() -> None:
    assert [row.name for row in SETTINGS if row.name not in Settings.__struct_fields__] == []
    assert sorted(row.name for row in SETTINGS) == sorted(Settings.__struct_fields__)
    assert len({row.variable for row in SETTINGS}) == len(SETTINGS)
    assert {row.name for row in SETTINGS} >= SECRETS
    assert all(row.meaning for row in SETTINGS)


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.name)
def test_settings_default_is_a_value_the_row_accepts(row: Any) -> None:  # noqa: ANN401 - pytest's
    default = getattr(Settings(), row.name)
    assert default is None or row.parse(str(default)) == default


def test_load_settings_nothing_given_is_the_defaults() -> None:
    assert load_settings({}) == Settings()
    assert load_settings({row.variable: "" for row in SETTINGS}) == Settings()


def test_load_settings_option_before_environment_before_file_before_default(tmp_path: Path) -> None:
    environment = config(tmp_path, "app_id: file\ntopic_prefix: file.\npartitions: 3\n")
    environment |= {"OVERSIGHT_APP_ID": "environment", "OVERSIGHT_TOPIC_PREFIX": "environment."}
    found = load_settings(environment, app_id="option", topic_prefix=None)
    assert (found.app_id, found.topic_prefix, found.partitions) == ("option", "environment.", 3)
    assert found.replication == Settings().replication


def test_load_settings_names_every_problem_at_once(tmp_path: Path) -> None:
    environment = config(tmp_path, "partitions: 0\nshop: 1\npolicy: [a, b]\n") | {
        "OVERSIGHT_STORE": "disk",
        "OVERSIGHT_SESSION_TIMEOUT": "soon",
        "OVERSIGHT_TICK_INTERVAL": "-1",
        "OVERSIGHT_WRITE_INTERVAL": "nan",
        "OVERSIGHT_STALL_TIMEOUT": "inf",
        "OVERSIGHT_START": "yesterday",
        "OVERSIGHT_SSL_CAFILE": str(tmp_path / "missing.pem"),
        "OVERSIGHT_MODE": "dark",
    }
    said = problems(environment, log_level="LOUD")
    wrong = {name for name in environment if name != "OVERSIGHT_CONFIG"} | {
        "OVERSIGHT_PARTITIONS",
        "OVERSIGHT_LOG_LEVEL",
    }
    assert [name for name in sorted(wrong) if name not in said] == []
    assert "shop: unknown setting" in said
    assert "policy: must be a single value" in said


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("store", "ROCKSDB", "rocksdb"),
        ("mode", "Shadow", Mode.SHADOW),
        ("sasl_mechanism", "SCRAM-SHA-256", "SCRAM-SHA-256"),
        ("start", "Latest", "latest"),
        ("start", "2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00+00:00"),
        ("session_timeout", "6", 6.0),
        ("datadir", "state", Path("state")),
    ],
)
def test_load_settings_value_is_read_as(name: str, text: str, value: object) -> None:
    assert getattr(load_settings({"OVERSIGHT_" + name.upper(): text}), name) == value


def test_load_settings_empty_value_in_the_file_is_not_given(tmp_path: Path) -> None:
    assert load_settings(config(tmp_path, "policy:\napp_id: x\n")) == Settings(app_id="x")


@pytest.mark.parametrize("text", ["- a\n", f'sasl_password: "{PASSWORD}\n', b"\xff\xfe\x00", "a: b: c"])
def test_load_settings_unreadable_file_is_named_and_not_quoted(tmp_path: Path, text: str | bytes) -> None:
    said = problems(config(tmp_path, text))
    assert "OVERSIGHT_CONFIG" in said
    assert PASSWORD not in said


def test_load_settings_missing_file_is_named(tmp_path: Path) -> None:
    assert "none.yaml" in problems({"OVERSIGHT_CONFIG": str(tmp_path / "none.yaml")})


def test_settings_shown_are_all_but_the_secrets() -> None:
    settings = Settings(sasl_password=PASSWORD, sasl_username="kim")
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert PASSWORD not in shown
        assert "sasl_username='kim'" in shown
    assert "sasl_password=None" in repr(Settings())


def test_problems_of_other_settings_do_not_show_a_secret() -> None:
    assert PASSWORD not in problems({"OVERSIGHT_SASL_PASSWORD": PASSWORD, "OVERSIGHT_STORE": "disk"})

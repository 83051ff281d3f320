from click.testing import CliRunner

from monitor.cli.demo import demo


def test_demo_system_without_data_is_refused_before_anything_starts() -> None:
    result = CliRunner().invoke(demo, ["--system", "bot"])
    assert result.exit_code == 2
    assert "--system goes with --data" in result.output


def test_demo_unreadable_data_is_refused() -> None:
    result = CliRunner().invoke(demo, ["--data", "no-such-file.jsonl"])
    assert result.exit_code == 2
    assert "no-such-file.jsonl" in result.output

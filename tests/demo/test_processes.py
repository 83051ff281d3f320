from pathlib import Path

from monitor.demo.processes import WorkerProcess


def test_worker_process_that_ends_by_itself_leaves_code_and_last_lines(tmp_path: Path) -> None:
    with WorkerProcess({"partitions": "none"}, tmp_path / "log") as worker:
        assert worker._child is not None
        worker._child.wait()
        assert worker.exit_code == 2
        assert "OVERSIGHT_PARTITIONS" in worker.last_lines()

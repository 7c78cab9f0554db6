import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from wsl_core import jobs
from wsl_core.errors import JobError, WeightsError

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _workers_find_the_sample_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), *([before] if before else [])]))


def test_events_come_in_order_and_end_with_finished() -> None:
    events = list(jobs.run("sample_jobs:count", {"to": 50, "text": "né “x”"}))
    assert events[:-1] == [{"event": "progress", "i": i, "text": "né “x”"} for i in range(50)]
    assert events[-1] == {"event": "finished"}


def test_a_refusal_crosses_with_its_class_and_sentence() -> None:
    run = jobs.run("sample_jobs:refuse", {})
    assert next(run) == {"event": "progress"}
    with pytest.raises(WeightsError) as refusal:
        next(run)
    assert type(refusal.value) is WeightsError
    assert str(refusal.value) == "These weights are refused: é, “quotes” and a\nline break."


def test_a_crash_is_told_with_its_status_and_last_words() -> None:
    run = jobs.run("sample_jobs:crash", {})
    next(run)
    with pytest.raises(JobError, match=r"exit status 1\): RuntimeError: the disk melted"):
        next(run)


@pytest.mark.parametrize("status", [0, 7])
def test_a_worker_that_leaves_early_has_not_done_its_work(status: int) -> None:
    with pytest.raises(JobError, match=rf"exit status {status}\): it left no message"):
        list(jobs.run("sample_jobs:die", {"status": status}))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_a_killed_worker_is_told_with_its_signal() -> None:
    with pytest.raises(JobError, match="exit status -9"):
        list(jobs.run("sample_jobs:vanish_in_silence", {}))


@pytest.mark.parametrize(
    ("target", "words"),
    [("no_such_module:job", "ModuleNotFoundError"), ("sample_jobs:no_such_job", "AttributeError")],
)
def test_a_job_that_is_not_there_is_told(target: str, words: str) -> None:
    with pytest.raises(JobError, match=words):
        list(jobs.run(target, {}))


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are those of POSIX")
def test_closing_the_generator_ends_the_worker(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    run = jobs.run(
        "sample_jobs:wait_for_ever",
        {"file": str(tmp_path / "pid"), "pipe": str(tmp_path / "pipe")},
    )
    pid = next(run)["pid"]
    assert psutil.pid_exists(pid)
    assert int((tmp_path / "pid").read_text()) == pid != os.getpid()
    run.close()
    assert not psutil.pid_exists(pid)


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_what_a_job_prints_does_not_reach_the_events() -> None:
    events = list(jobs.run("sample_jobs:chatter", {}))
    assert events == [*({"event": "progress", "i": i} for i in range(3)), {"event": "finished"}]


def test_a_worker_imports_the_job_and_nothing_of_the_pages(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit('app.py was run')")
    code = (
        "from wsl_core import jobs\n"
        "event, _ = jobs.run('sample_jobs:imported', {})\n"
        "print(event['main'], *event['names'], sep='\\n')"
    )
    project = HERE.parent.parent
    path = os.pathsep.join([str(HERE), str(project)])
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    main, *names = found.stdout.splitlines()
    assert Path(main).name == "worker.py"
    assert "sample_jobs" in names
    assert {"app", "streamlit", "torch", "numpy", "wsl_core.web"}.isdisjoint(names)

"""Work that somebody waits for: `jobs.run`."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.jobs.waiting import HERE, PROJECT, at_the_gate, eventually
from wsl_core import jobs
from wsl_core.errors import JobError, WeightsError
from wsl_core.jobs import Progress, Result, workers


@pytest.fixture(autouse=True)
def _nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))  # for scripts
    with monkeypatch.context() as here:
        here.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
        yield
    assert list((tmp_path / "temporary").iterdir()) == []


def pid() -> int:
    (result,) = jobs.run("sample_jobs:who", {})
    return result.facts["pid"]


def test_progress_comes_in_order_and_ends_with_the_result() -> None:
    events = list(jobs.run("sample_jobs:count", {"to": 50, "text": "né “x”"}))
    assert events[:-1] == [Progress(i / 50, "né “x”", i, {"half": i / 2}) for i in range(50)]
    assert events[-1] == Result({"to": 50})


ARRAYS = {
    "scalar": np.array(3.5),
    "empty": np.zeros((0, 3), np.int64),
    "transposed": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "every second": np.arange(10, dtype=np.int16)[::2],
    "picture": np.full((2, 3, 3), 100, np.uint8),
}


def test_arrays_go_and_come_back_as_they_are() -> None:
    (result,) = jobs.run("sample_jobs:double", {}, ARRAYS)
    assert result.facts == {"names": sorted(ARRAYS)}
    assert result.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert result.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(result.arrays[name], 2 * array, strict=True)


def test_a_refusal_crosses_with_its_class_and_sentence() -> None:
    run = jobs.run("sample_jobs:refuse", {})
    assert next(run) == Progress(0.5)
    with pytest.raises(WeightsError) as refusal:
        next(run)
    assert type(refusal.value) is WeightsError
    assert str(refusal.value) == "These weights are refused: é, “quotes” and a\nline break."


def test_a_crash_is_told_in_a_sentence_and_the_trace_goes_with_it() -> None:
    run = jobs.run("sample_jobs:crash", {})
    next(run)
    with pytest.raises(JobError, match=r"stopped on .*: RuntimeError: the disk melted\.") as told:
        next(run)
    assert "\n" not in str(told.value)
    (note,) = told.value.__notes__
    assert note.startswith("hot\nTraceback")
    assert "sample_jobs.py" in note


def test_a_worker_that_crashed_is_replaced() -> None:
    first = pid()
    assert pid() == first
    with pytest.raises(JobError):
        list(jobs.run("sample_jobs:crash", {}))
    assert pid() != first
    assert not psutil.pid_exists(first)


@pytest.mark.parametrize("status", [0, 7])
def test_a_worker_that_leaves_early_has_not_done_its_work(status: int) -> None:
    with pytest.raises(JobError, match=rf"exit status {status}\): it left no message"):
        list(jobs.run("sample_jobs:die", {"status": status}))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_a_killed_worker_is_told_with_its_signal() -> None:
    with pytest.raises(JobError, match="exit status -9"):
        list(jobs.run("sample_jobs:vanish_in_silence", {}))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_such_module:job", "ModuleNotFoundError"),
        ("sample_jobs:no_such_job", "AttributeError"),
        ("sample_jobs:forget_the_result", "ended without a result"),
    ],
)
def test_a_job_that_is_not_there_or_has_no_result_is_told(name: str, words: str) -> None:
    with pytest.raises(JobError, match=words):
        list(jobs.run(name, {}))


def test_closing_the_generator_lets_the_job_tidy_up_and_keeps_the_worker(tmp_path: Path) -> None:
    first = pid()
    run = jobs.run("sample_jobs:tidy", {"tidied": str(tmp_path / "tidied")})
    next(run)
    run.close()
    assert (tmp_path / "tidied").exists()
    assert pid() == first


@pytest.mark.parametrize("how", ["sleep", "interpreter lock", "numpy"])
def test_closing_the_generator_ends_a_job_that_does_not_listen(how: str) -> None:
    first = pid()
    run = jobs.run("sample_jobs:hang", {"how": how})
    next(run)
    began = time.monotonic()
    run.close()
    assert time.monotonic() - began < 2
    assert not psutil.pid_exists(first)


def test_what_a_job_prints_does_not_reach_the_events() -> None:
    events = list(jobs.run("sample_jobs:chatter", {}))
    assert events == [*(Progress(i / 3) for i in range(3)), Result({"read": ""})]


def test_a_training_is_not_waited_for(gated: dict) -> None:
    training = at_the_gate(jobs.submit("sample_jobs:train", gated))
    assert list(jobs.run("sample_jobs:count", {"to": 1}))[-1] == Result({"to": 1})
    assert training.state == "running"


def test_who_waits_for_another_is_told_and_may_leave(
    gate: Path, gated: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "NOTICE_S", 0)
    other = at_the_gate(jobs.submit("sample_jobs:train", gated, lane="interactive"))
    first, second = (jobs.run("sample_jobs:count", {"to": 1}) for _ in range(2))
    assert next(first) == Progress(0, "waiting, number 1 in the queue")
    assert next(second) == Progress(0, "waiting, number 2 in the queue")
    first.close()
    assert next(second) == Progress(0, "waiting, number 1 in the queue")
    assert other.state == "running"
    gate.touch()
    assert list(second)[-1] == Result({"to": 1})


def test_a_worker_without_work_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE_S", 0.1)
    pid()  # its thread waits as long as was said when it began to
    pid()
    last = pid()
    eventually(lambda: not psutil.pid_exists(last))
    assert pid() != last


def test_other_settings_are_those_of_the_next_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pid()
    monkeypatch.setenv("WSL_THREADS", "1")
    assert pid() != first


def test_a_folder_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(JobError, match=r"cannot be written to .*missing.*set TMPDIR"):
        list(jobs.run("sample_jobs:count", {"to": 1}))


def script(code: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(PROJECT)])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        **options,
    )


def test_a_worker_imports_the_job_and_nothing_of_the_pages(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit('app.py was run')")
    code = (
        "from wsl_core import jobs\n"
        "(event,) = jobs.run('sample_jobs:imported', {})\n"
        "print(event.facts['main'], *event.facts['names'], sep='\\n')"
    )
    main, *names = script(code, cwd=tmp_path).stdout.splitlines()
    assert Path(main).name == "worker.py"
    assert "sample_jobs" in names
    heavy = {"torch", "numpy", "safetensors", "pydantic", "streamlit"}
    assert {"app", "wsl_core.web", *heavy}.isdisjoint(names)


def test_the_room_is_light() -> None:
    names = script("import sys, wsl_core.jobs; print(*sys.modules)").stdout.split()
    assert "wsl_core.jobs.workers" in names
    assert {"torch", "numpy", "safetensors", "pydantic", "streamlit"}.isdisjoint(names)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_a_killed_script_leaves_nothing_behind(gate: Path, gated: dict) -> None:
    code = (
        "import json, sys, time\n"
        "from wsl_core import jobs\n"
        "run = jobs.run('sample_jobs:train', json.loads(sys.argv[1]))\n"
        "next(run)\n"
        "print('started', flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code, json.dumps(gated)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"started\n"
        (left,) = Path(tempfile.gettempdir()).iterdir()
        process.kill()
    gate.touch()  # its worker ends the work, which is then of no use to anybody
    eventually(lambda: not left.exists())


@pytest.mark.parametrize("closed", ["", "run.close()"])
def test_a_script_leaves_nothing_behind(closed: str) -> None:
    code = (
        "from wsl_core import jobs\n"
        "(event,) = jobs.run('sample_jobs:who', {})\n"
        "print(event.facts['pid'], flush=True)\n"
        "run = jobs.run('sample_jobs:hang', {'how': 'sleep'})\n"
        "next(run)\n" + closed
    )
    said = script(code)
    assert said.stderr == ""
    assert not psutil.pid_exists(int(said.stdout))

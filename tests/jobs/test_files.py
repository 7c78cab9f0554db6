"""The directory of a run: whole files only, another version, a full disk."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.jobs.waiting import eventually
from wsl_core import jobs
from wsl_core.errors import JobError, ParameterError, WslError
from wsl_core.jobs import Checkpoint, Progress, Result
from wsl_core.jobs.files import RESERVE_BYTES, VERSION, RunFiles
from wsl_core.jobs.recording import perform, record


@pytest.fixture
def files(runs: Path) -> RunFiles:
    """A run that nobody works on yet."""
    arrays = {"x": np.arange(6.0).reshape(2, 3)}
    return RunFiles.create(runs, "sample_jobs:count", {"to": 1, "word": "é"}, arrays, "training")


def test_a_new_run_is_whole_at_once(runs: Path, files: RunFiles) -> None:
    assert [one.name for one in runs.iterdir()] == [files.folder.name]
    facts = json.loads((files.folder / "run.json").read_text())
    assert facts["version"] == VERSION
    task = files.task()
    assert (task.config, task.checkpoint) == ({"to": 1, "word": "é"}, None)
    np.testing.assert_array_equal(task.arrays["x"], [[0, 1, 2], [3, 4, 5]])


def test_every_run_has_a_folder_of_its_own(runs: Path) -> None:
    ids = [RunFiles.create(runs, "a:b", {}, None, "training").folder.name for _ in range(20)]
    assert len(set(ids)) == 20
    assert {run.id for run in jobs.runs()} == set(ids)


def test_a_checkpoint_comes_back_as_it_was(files: RunFiles) -> None:
    arrays = {
        "weight": np.random.default_rng(0).random((3, 2)).astype(np.float32).T,
        "count": np.array(7, np.int64),
    }
    state = {"random": 2**127 + 1, "names": ["é", None], "rate": 0.1}
    files.begin()
    files.write(Checkpoint(5, {"weight": np.zeros(1)}, {}))
    files.write(Checkpoint(6, arrays, state))
    found = files.task().checkpoint
    assert (found.step, found.state) == (6, state)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array, strict=True)


def test_a_half_written_checkpoint_is_not_read_and_goes(files: RunFiles) -> None:
    files.begin()
    files.write(Checkpoint(5, {"weight": np.ones(3)}, {"whole": True}))
    half = files.folder / "checkpoint.safetensors.part"
    half.write_bytes(files.checkpoint.read_bytes()[:20])
    files.begin()
    assert files.task().checkpoint.state == {"whole": True}
    assert not half.exists()


def test_a_resumption_goes_back_to_the_checkpoint(files: RunFiles) -> None:
    run = jobs.Run(files.folder)
    told = [Progress(i / 4, "", i) for i in range(4)]
    files.begin()
    for event in (told[0], told[1], Checkpoint(1, {}), told[2], told[3]):
        files.write(event)
    with files.events.open("ab") as file:
        file.write(b'{"share": 0.9, "do')  # the process was killed in the middle of a line
    assert run.history() == told
    files.begin()
    assert run.history() == told[:2]
    files.write(told[2])
    assert run.history() == told[:3]
    assert run.history(after=2) == told[2:3]
    assert run.history(after=5) == []


def test_events_can_be_read_while_they_are_written() -> None:
    run = jobs.submit("sample_jobs:count", {"to": 3000})
    expected = [Progress(i / 3000, "", i, {"half": i / 2}) for i in range(3000)]
    lengths = []

    def looked() -> bool:
        state, history = run.state, run.history()
        assert history == expected[: len(history)]
        lengths.append(len(history))
        return state == "finished"

    eventually(looked)
    assert lengths[-1] == 3000
    assert lengths == sorted(lengths)


def test_numbers_of_any_type_can_be_told(files: RunFiles) -> None:
    files.write(Progress(np.float32(0.5), step=np.int64(3), figures={"loss": np.float32("nan")}))
    (found,) = jobs.Run(files.folder).history()
    assert (found.share, found.step) == (0.5, 3)
    assert np.isnan(found.figures["loss"])


# What cannot be read


@pytest.mark.parametrize("id", ["20260101-000000-abcdef", "", "..", "../runs", "a/b", "."])
def test_an_unknown_run_is_a_sentence(id: str, files: RunFiles) -> None:
    with pytest.raises(JobError, match="There is no run"):
        jobs.find(id)


def test_another_version_is_refused_by_name_and_left_alone(files: RunFiles) -> None:
    facts = json.loads((files.folder / "run.json").read_text())
    (files.folder / "run.json").write_text(json.dumps({"version": 99, "id": facts["id"]}))
    with pytest.raises(JobError, match=r"another version .* number 99, this one .* number 1"):
        jobs.find(files.folder.name)
    assert jobs.runs() == []
    assert jobs.prune(0, 0) == []
    assert files.folder.is_dir()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 1}'])
def test_a_damaged_run_is_a_sentence(text: str, files: RunFiles) -> None:
    (files.folder / "run.json").write_text(text)
    with pytest.raises(JobError, match="no run that can be read"):
        jobs.find(files.folder.name)
    assert jobs.runs() == []


def test_a_folder_that_cannot_be_written_is_a_sentence(runs: Path) -> None:
    runs.write_text("a file where the folder belongs")
    with pytest.raises(JobError, match=r"cannot be written to .*runs: .*set WSL_RUNS"):
        jobs.submit("sample_jobs:count", {"to": 1})


# A full disk


@pytest.mark.parametrize("how", ["device", "limit"])
def test_a_full_disk_stops_the_run_and_keeps_its_checkpoint(how: str, runs: Path) -> None:
    if how == "device" and not Path("/dev/full").exists():
        pytest.skip("This system has no full device.")
    run = jobs.submit("sample_jobs:fill", {"how": how, "runs": str(runs)})
    assert run.wait() == "failed"
    assert "disk is full" in run.sentence
    assert "checkpoint at step 1 is kept" in run.sentence
    assert "resume" in run.sentence
    assert [one.step for one in run.history()] == [1, 2]
    assert list(run.folder.glob("*.part")) == []
    assert run.resume().wait() == "finished"
    result = run.result()
    assert result.facts == {"note": "whole"}
    np.testing.assert_array_equal(result.arrays["weight"], [0, 1, 2])


def test_room_is_kept_for_the_reason(files: RunFiles) -> None:
    reserve = files.folder / "reserve"
    assert reserve.stat().st_size == RESERVE_BYTES
    files.fail(JobError("x" * 1000))
    assert not reserve.exists()
    assert files.error.stat().st_size < RESERVE_BYTES
    files.forget_the_end()
    assert reserve.stat().st_size == RESERVE_BYTES
    assert files.reason() is None


def test_a_line_that_does_not_fit_leaves_none_behind(
    files: RunFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(Progress(0.1))
    open_ = Path.open

    class Cut:
        """A file on a disk with room for ten more bytes."""

        def __init__(self, file: object) -> None:
            self.file = file

        def __enter__(self) -> "Cut":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def __getattr__(self, name: str) -> object:
            return getattr(self.file, name)

        def write(self, data: bytes) -> int:
            return self.file.write(data[:10])

    with monkeypatch.context() as full:
        full.setattr(Path, "open", lambda *args, **more: Cut(open_(*args, **more)))
        with pytest.raises(OSError, match="No space left"):
            files.write(Progress(0.2))
    assert [one.share for one in jobs.Run(files.folder).history()] == [0.1]


# Any iterator of events can be recorded


def test_events_from_anywhere_are_recorded(files: RunFiles) -> None:
    events = iter([Progress(0.5), Checkpoint(1, {}), Result({"from": "afar"})])
    assert record(files, events, lambda: False)
    run = jobs.Run(files.folder)
    assert (run.state, run.result()) == ("finished", Result({"from": "afar"}))
    assert files.checkpoint_step() == 1


def test_a_wish_to_stop_is_heard_after_each_event(files: RunFiles) -> None:
    closed = []

    def events():  # type: ignore[no-untyped-def]
        try:
            yield Progress(0.1)
            yield Progress(0.2)
        finally:
            closed.append(True)

    assert record(files, events(), lambda: True)
    assert [one.share for one in jobs.Run(files.folder).history()] == [0.1]
    assert closed == [True]
    assert files.reason() is None


@pytest.mark.parametrize("kind", [ParameterError, WslError])
def test_a_refusal_from_anywhere_is_recorded(kind: type[WslError], files: RunFiles) -> None:
    def events():  # type: ignore[no-untyped-def]
        yield Progress(0.1)
        raise kind("Not this one.")

    assert record(files, events(), lambda: False)
    error, interrupted = files.reason()
    assert (type(error), str(error), interrupted) == (kind, "Not this one.", False)


def test_the_events_of_a_job_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    events = list(perform("sample_jobs:count", jobs.Task({"to": 1})))
    assert events == [Progress(0, "", 0, {"half": 0.0}), Result({"to": 1})]

"""A run as people look at it: from a result, while it goes on, from a folder."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.jobs.waiting import clear
from wsl_core import jobs
from wsl_core.errors import JobError, ParameterError
from wsl_core.jobs import Checkpoint, Progress, Result
from wsl_core.jobs.files import RunFiles
from wsl_core.settings import settings
from wsl_core.transfer.adaptation import JOB, finished
from wsl_core.transfer.adaptation.finished import AdaptationRun
from wsl_core.transfer.adaptation.finished_folder import thinned
from wsl_core.transfer.adaptation.projection import principal_plane
from wsl_core.transfer.adaptation.request import Request

PROJECT = Path(__file__).parents[2]
REQUEST = Request(pair="digits-dimmed", adaptation={"steps": 1000, "network": "paper", "seed": 2})


def arrays(looks: int = 3, drawn: bool = True) -> dict[str, NDArray]:
    """What a run keeps: five values of the source, six of the target, three classes."""
    draw = np.random.default_rng(0)
    found = {
        "snapshot/features": draw.standard_normal((looks, 11, 7)).astype(np.float16),
        "snapshot/scores": (4 * draw.standard_normal((looks, 11, 3))).astype(np.float16),
        "snapshot/steps": 10 * np.arange(looks),
        "probe/source": draw.permutation(500)[:5],
        "probe/evaluation": draw.permutation(500)[:6],
        "probe/labels": draw.integers(0, 3, 11),
    }
    if drawn:
        smooth = np.linspace(0, 255, looks * 2 * 8 * 6 * 6 * 3).reshape(looks, 2, 8, 6, 6, 3)
        found["snapshot/translated"] = smooth.astype(np.uint8)
    return found


def result(curve: int = 1000, drawn: bool = True) -> Result:
    """As `record.Record.result` makes it."""
    draw = np.random.default_rng(1)
    facts = {
        "pair": "digits-dimmed", "title": "Digits", "classes": ["one", "two", "three"],
        "parameters": REQUEST.settled().model_dump(mode="json"), "accuracy": 0.75, "seconds": 12.5,
        "looks": [{"step": 10 * k, "evaluation_target_accuracy": 1 / 3} for k in range(3)],
        "curve": [
            {"step": k, "loss": draw.random(), **({"domain_loss": draw.random()} if k % 2 else {})}
            for k in range(curve)
        ],
        "remarks": ["It learned."], "licence": "none", "model": {"layers": 1},
    }  # fmt: skip
    return Result(facts, arrays(drawn=drawn) | {"model/weight": np.zeros(3)})


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunFiles]:
    """A run that nobody works on yet."""
    monkeypatch.setenv("WSL_RUNS", str(tmp_path))
    settings.cache_clear()
    yield RunFiles.create(tmp_path, JOB, REQUEST.model_dump(mode="json"), None, "training")
    settings.cache_clear()


# From a result


def test_a_result_is_what_is_looked_at() -> None:
    given = result()
    run, told = AdaptationRun.of(given), given.facts
    assert (run.pair, run.title, run.classes) == (
        "digits-dimmed",
        "Digits",
        ("one", "two", "three"),
    )
    assert run.parameters == REQUEST.settled()
    assert run.finished
    assert run.curve[:2] == (
        (0, {"loss": told["curve"][0]["loss"]}),
        (1, {name: told["curve"][1][name] for name in ("loss", "domain_loss")}),
    )
    assert len(run.curve) == 1000
    assert run.looks[2] == (20, {"evaluation_target_accuracy": 1 / 3})
    assert run.facts == {
        "accuracy": 0.75, "seconds": 12.5, "remarks": ["It learned."], "licence": "none",
    }  # fmt: skip
    assert run.name == "digits-dimmed-dann-paper-seed-2"


def test_values_are_told_apart_by_domain_and_found_again() -> None:
    given = arrays()
    run = AdaptationRun.of(result())
    np.testing.assert_array_equal(run.domains, [0] * 5 + [1] * 6)
    np.testing.assert_array_equal(run.places[run.domains == 0], given["probe/source"])
    np.testing.assert_array_equal(run.places[run.domains == 1], given["probe/evaluation"])
    np.testing.assert_array_equal(run.labels, given["probe/labels"])
    np.testing.assert_array_equal(run.steps, [0, 10, 20])


def test_predictions_are_the_highest_scores_and_confidence_their_probability() -> None:
    run, scores = AdaptationRun.of(result()), arrays()["snapshot/scores"]
    for look in range(3):
        for value in range(11):
            powers = [float(np.exp(np.float64(score))) for score in scores[look, value]]
            best = powers.index(max(powers))
            assert run.predictions[look, value] == best
            assert run.confidence[look, value] == pytest.approx(max(powers) / sum(powers), abs=1e-3)
    assert (run.predictions.dtype, run.confidence.dtype) == (np.int16, np.float16)
    np.testing.assert_array_equal(run.points, principal_plane(arrays()["snapshot/features"]))


def test_only_translation_has_translated_pictures() -> None:
    assert AdaptationRun.of(result(drawn=False)).translated is None
    assert AdaptationRun.of(result()).translated.shape == (3, 2, 8, 6, 6, 3)


# While it goes on


def test_a_run_that_has_hardly_begun_has_no_snapshots(files: RunFiles) -> None:
    run = AdaptationRun.of_checkpoint(jobs.find(files.folder.name))
    assert (run.pair, run.title) == ("digits-dimmed", "Digits → dimmed digits")
    assert (run.curve, run.looks, run.facts, run.finished) == ((), (), {}, False)
    assert len(run.classes) == 10
    assert run.parameters == REQUEST.settled()
    assert run.labels.shape == run.domains.shape == run.places.shape == run.steps.shape == (0,)
    assert run.points.shape == (0, 0, 2)
    assert run.predictions.shape == run.confidence.shape == (0, 0)
    assert run.translated is None


def test_a_run_under_way_has_its_figures_up_to_now_and_the_snapshots_of_its_checkpoint(
    files: RunFiles,
) -> None:
    files.write(Progress(0, "reading the pictures"))
    files.write(Progress(0.0, "evaluating", 0, {"evaluation_target_accuracy": 0.1, "snd": 1.0}))
    files.write(Progress(0.1, "training", 5, {"loss": 2.0}))
    kept = arrays(looks=2) | {"weight": np.zeros(4)}
    files.write(Checkpoint(10, kept, {"classes": ["a", "b", "c"]}))
    files.write(Progress(0.2, "training", 15, {"loss": 1.0}))
    one = jobs.find(files.folder.name)
    for run in (AdaptationRun.of_checkpoint(one), AdaptationRun.of_run(one)):
        assert run.curve == ((5, {"loss": 2.0}), (15, {"loss": 1.0}))
        assert run.looks == ((0, {"evaluation_target_accuracy": 0.1, "snd": 1.0}),)
        assert run.classes == ("a", "b", "c")
        np.testing.assert_array_equal(run.steps, [0, 10])
        assert run.points.shape == (2, 11, 2)
        np.testing.assert_array_equal(run.features, kept["snapshot/features"])
        assert not run.finished


def test_a_run_with_a_result_is_read_from_it_without_its_weights(files: RunFiles) -> None:
    files.write(result())
    run = AdaptationRun.of_run(jobs.find(files.folder.name))
    assert run.finished
    assert run.facts["accuracy"] == 0.75


def test_another_job_is_no_adaptation(files: RunFiles, tmp_path: Path) -> None:
    other = RunFiles.create(tmp_path, "sample_jobs:count", {}, None, "training")
    assert AdaptationRun.of_run(jobs.find(other.folder.name)) is None
    wrong = RunFiles.create(tmp_path, JOB, {"adaptation": {"steps": -1}}, None, "training")
    with pytest.raises(ParameterError, match="steps -1 is not accepted"):
        AdaptationRun.of_run(jobs.find(wrong.folder.name))


@pytest.fixture
def runs(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    place = tmp_path_factory.mktemp("jobs") / "runs"
    monkeypatch.setenv("WSL_RUNS", str(place))
    settings.cache_clear()
    yield place
    clear(place)
    settings.cache_clear()


def test_a_training_is_paused_looked_at_and_ends_as_if_it_had_not_been(runs: Path) -> None:
    how = {"steps": 12, "batch": 8, "interval": 4}
    asked = Request(pair="digits-dimmed", adaptation=how).model_dump(mode="json")
    unbroken, stepped = (jobs.submit(JOB, asked) for _ in range(2))
    stepped.pause()
    stops = []
    while stepped.wait() == "paused":
        run = AdaptationRun.of_run(stepped)
        assert run.classes == tuple("0123456789")
        assert run.predictions.shape == (len(run.steps), 400)
        stops.append(run.steps.tolist())
        assert [step for step, _ in run.looks] == stops[-1]
        stepped.resume(to_next_checkpoint=True)
    assert stops == [[0, 4], [0, 4, 8]]
    assert (unbroken.wait(), stepped.state) == ("finished", "finished"), stepped.sentence
    one, other = (AdaptationRun.of_run(run) for run in (unbroken, stepped))
    assert one.curve == other.curve
    assert one.looks == other.looks
    np.testing.assert_array_equal(one.points, other.points)
    assert one.facts["accuracy"] == other.facts["accuracy"]


# In a folder


def test_a_folder_gives_the_run_back_but_for_its_features(tmp_path: Path) -> None:
    run = AdaptationRun.of(result(curve=300))
    run.save(tmp_path / "run")
    found = AdaptationRun.load(tmp_path / "run")
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "run.json",
        "run.safetensors",
    ]
    for name in ("pair", "title", "classes", "parameters", "facts", "finished", "name"):
        assert getattr(found, name) == getattr(run, name)
    for name in ("labels", "domains", "places", "steps", "predictions", "confidence", "translated"):
        np.testing.assert_array_equal(getattr(found, name), getattr(run, name), strict=True)
    np.testing.assert_allclose(found.points, run.points, atol=2e-3)
    assert found.points.dtype == np.float32
    assert found.features is None
    assert found.looks == ((0, {"evaluation_target_accuracy": 0.333333}), *found.looks[1:])
    for (step, figures), (other, given) in zip(found.curve, run.curve, strict=True):
        assert step == other
        assert figures == pytest.approx(given, rel=1e-6)


def test_a_run_without_steps_or_snapshots_can_be_kept(files: RunFiles, tmp_path: Path) -> None:
    run = AdaptationRun.of_checkpoint(jobs.find(files.folder.name))
    run.save(tmp_path / "empty")
    found = AdaptationRun.load(tmp_path / "empty")
    assert (found.curve, found.finished) == ((), False)
    assert found.points.shape == (0, 0, 2)


def test_a_long_curve_is_thinned_evenly_between_its_ends(tmp_path: Path) -> None:
    run = AdaptationRun.of(result(curve=1000))
    run.save(tmp_path)
    steps = [step for step, _ in AdaptationRun.load(tmp_path).curve]
    assert (len(steps), steps[0], steps[-1]) == (400, 0, 999)
    assert set(np.diff(steps)) <= {2, 3}
    assert thinned(run.curve[:400]) == run.curve[:400]


def test_translated_pictures_lie_as_webp_where_that_is_smaller(tmp_path: Path) -> None:
    run = AdaptationRun.of(result())
    noise = np.random.default_rng(0).integers(0, 256, (1, 2, 8, 6, 6, 3), dtype=np.uint8)
    sizes = []
    for name, pictures in (("smooth", run.translated), ("noise", noise), ("none", None)):
        replace(run, translated=pictures).save(tmp_path / name)
        found = AdaptationRun.load(tmp_path / name).translated
        if pictures is None:
            assert found is None
        else:
            np.testing.assert_array_equal(found, pictures, strict=True)
        sizes.append((tmp_path / name / "run.safetensors").stat().st_size)
    assert sizes[0] - sizes[2] < run.translated.nbytes / 2
    assert sizes[1] - sizes[2] < noise.nbytes + 200


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ParameterError, match=r"cannot be written .*folder of yours"):
        AdaptationRun.of(result()).save(tmp_path / "file" / "run")


def damaged(place: Path, how: str) -> None:
    summary, tensors = place / "run.json", place / "run.safetensors"
    facts = json.loads(summary.read_text(encoding="utf-8"))
    match how:
        case "no json":
            summary.write_text("{")
        case "a list":
            summary.write_text("[]")
        case "another version":
            summary.write_text(json.dumps(facts | {"version": 99}))
        case "no title":
            summary.write_text(json.dumps({k: v for k, v in facts.items() if k != "title"}))
        case "no such parameter value":
            summary.write_text(json.dumps(facts | {"parameters": {"network": "vgg"}}))
        case "no tensors":
            tensors.unlink()
        case "half the tensors":
            tensors.write_bytes(tensors.read_bytes()[: tensors.stat().st_size // 2])
        case "other tensors":
            from safetensors.numpy import save_file

            save_file({"curve/step": np.zeros(1)}, tensors)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("no json", "no run that can be read"),
        ("a list", "no run that can be read"),
        ("another version", "layout is number 99"),
        ("no title", "is damaged: KeyError at 'title'"),
        ("no such parameter value", "is damaged"),
        ("no tensors", r"run\.safetensors in .* is missing or damaged"),
        ("half the tensors", r"run\.safetensors in .* is missing or damaged"),
        ("other tensors", "is damaged: KeyError"),
    ],
)
def test_what_is_damaged_is_told_in_a_sentence(how: str, sentence: str, tmp_path: Path) -> None:
    AdaptationRun.of(result()).save(tmp_path)
    damaged(tmp_path, how)
    with pytest.raises(JobError, match=sentence):
        AdaptationRun.load(tmp_path)


# Shipped


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Two places of shipped runs, both empty."""
    monkeypatch.setattr(finished, "PLACES", (tmp_path / "package", tmp_path / "assets"))
    return lambda place, run: run.save(tmp_path / place / run.name)


def test_shipped_runs_are_listed_in_the_order_of_the_registries(shelf: Callable) -> None:
    assert finished.shipped() == ()
    run = AdaptationRun.of(result())
    for method, seed in (("target", 0), ("dann", 1), ("source-only", 0), ("dann", 0)):
        how = run.parameters.model_copy(update={"method": method, "seed": seed, "network": "fast"})
        shelf("assets", replace(run, parameters=how))
    listed = finished.shipped()
    assert [one.name for one in listed] == [
        f"digits-dimmed-{end}" for end in ("source-only", "dann", "dann-seed-1", "target")
    ]
    assert listed[1] == finished.Shipped(
        "digits-dimmed-dann", "Digits", "digits-dimmed", "dann", "fast", 0, 0.75
    )
    assert finished.load_shipped("digits-dimmed-dann-seed-1").parameters.seed == 1
    shelf("package", replace(run, facts={}))
    with pytest.raises(JobError, match="paper-seed-2 is damaged: KeyError at 'accuracy'"):
        finished.shipped()
    shelf("package", replace(run, title="Of the package", parameters=how))
    assert finished.load_shipped("digits-dimmed-dann").title == "Of the package"
    with pytest.raises(ParameterError, match=r"no finished run '\.\./x'.* digits-dimmed-dann"):
        finished.load_shipped("../x")


def test_the_package_leads_to_the_shipped_runs() -> None:
    package = Path(finished.__file__).parent
    assert (package / "shipped").resolve() == package.parents[2] / "assets" / "runs"


@pytest.mark.parametrize("one", finished.shipped(), ids=lambda one: one.name)
def test_shipped_runs_are_whole_small_and_say_how_they_are_made(one: finished.Shipped) -> None:
    run = finished.load_shipped(one.name)
    assert one.name.startswith(run.name)  # what is other than in the recipe follows
    assert run.finished
    assert 0 <= run.facts["accuracy"] <= 1
    assert run.facts["command"].startswith("python -m wsl_core adapt ")
    assert run.facts["licence"]
    assert len(run.curve) <= 400
    assert run.points.shape == (len(run.looks), len(run.labels), 2)
    folder = finished.PLACES[1] / one.name
    assert sum(path.stat().st_size for path in folder.iterdir()) < 600_000


def test_looking_at_runs_imports_nothing_heavy() -> None:
    code = (
        "import sys; from wsl_core.transfer.adaptation import finished; finished.shipped(); "
        "[finished.load_shipped(one.name) for one in finished.shipped()]; print(*sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert {"torch", "sklearn", "scipy", "pandas", "matplotlib"}.isdisjoint(said.stdout.split())

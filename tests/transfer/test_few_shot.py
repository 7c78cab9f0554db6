"""Few-shot heads, episodes and figures against scikit-learn, loops and hand-made cases."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid

from tests.transfer import retrieval_pictures as made
from wsl_core import images
from wsl_core.datasets import collection
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.jobs import Progress, Result, Task
from wsl_core.transfer.few_shot import (
    HEADS,
    LIVE,
    ExampleClassifier,
    FeatureParameters,
    FewShotParameters,
    HeadParameters,
    finetuned,
    seen,
)
from wsl_core.transfer.few_shot import features as rows_module
from wsl_core.transfer.few_shot.episodes import Pools, drawn
from wsl_core.transfer.few_shot.evaluation import few_shot_job
from wsl_core.transfer.few_shot.features import descriptor_of, rows_of
from wsl_core.transfer.few_shot.lbfgs import minimise
from wsl_core.transfer.few_shot.measurement import measuring
from wsl_core.transfer.few_shot.preparation import Preparation
from wsl_core.transfer.few_shot.softmax import cosine, regression
from wsl_core.transfer.finetuning import FineTuneParameters
from wsl_core.transfer.finetuning.examples import Examples
from wsl_core.transfer.retrieval.descriptor import unit

HOW = HeadParameters()


def clouds(classes: int, each: int, width: int, spread: float = 0.8, seed: int = 0) -> tuple:
    """Rows of length 1 around random directions, and their labels."""
    random = np.random.default_rng(seed)
    middles = unit(random.normal(size=(classes, width)).astype(np.float32))
    labels = np.repeat(np.arange(classes), each)
    noise = random.normal(size=(len(labels), width)) * spread / np.sqrt(width)
    return unit((middles[labels] + noise).astype(np.float32)), labels


def drained(steps: Generator[Any, None, Any]) -> Any:
    """What steps return."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize(("classes", "each", "width"), [(3, 4, 40), (4, 30, 8)])
def test_the_linear_probe_is_scikit_learns(classes: int, each: int, width: int) -> None:
    """With fewer rows than features, where it is solved in their span, and with more."""
    rows, labels = clouds(classes, each, width, 1.5)
    weights, bias = regression(rows, labels, classes, 10.0)
    theirs = LogisticRegression(C=10.0, tol=1e-8, max_iter=5000).fit(rows.astype(float), labels)
    assert np.abs(weights - theirs.coef_).max() < 2e-3
    assert np.abs(bias - theirs.intercept_ + theirs.intercept_.mean()).max() < 2e-3


def test_a_valley_is_found() -> None:
    """Rosenbrock's function, which is smallest at (1, 1)."""

    def valley(at: np.ndarray) -> tuple[float, np.ndarray]:
        x, y = at
        slope = np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2, slope

    assert minimise(valley, np.array([-1.2, 1.0]), steps=200, tolerance=1e-8) == pytest.approx(
        [1, 1], abs=1e-4
    )


def test_the_nearest_mean_is_scikit_learns() -> None:
    """On rows of length 1 the highest cosine is the smallest distance to a mean of length 1."""
    rows, labels = clouds(5, 6, 30, 1.5)
    fitted = HEADS["nearest-mean"].fit(rows, labels, 5, HOW)
    means = unit(NearestCentroid().fit(rows, labels).centroids_)
    asked, _ = clouds(5, 20, 30, 2.5, seed=1)
    distances = ((asked[:, None] - means[None]) ** 2).sum(-1)
    assert (fitted.scores(asked).argmax(1) == distances.argmin(1)).all()


def test_the_cosine_classifier_begins_at_the_means_and_lowers_its_loss() -> None:
    rows, labels = clouds(4, 3, 50, 2.0)
    start = cosine(rows, labels, 4, 10.0, 0)
    assert np.allclose(start, HEADS["nearest-mean"].fit(rows, labels, 4, HOW).weights, atol=1e-6)

    def loss(weights: np.ndarray) -> float:
        logits = 10 * rows @ weights.T
        return float(np.mean(np.log(np.exp(logits).sum(1)) - logits[np.arange(len(rows)), labels]))

    trained = cosine(rows, labels, 4, 10.0, 50)
    assert np.linalg.norm(trained, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert loss(trained) < loss(start) - 1e-3


@pytest.mark.parametrize("head", list(HEADS))
def test_every_head_tells_clouds_apart(head: str) -> None:
    rows, labels = clouds(6, 5, 60, 0.8)
    asked, truth = clouds(6, 5, 60, 0.8)
    fitted = HEADS[head].fit(rows, labels, 6, HOW)
    assert (fitted.scores(asked).argmax(1) == truth).mean() > 0.95


def test_rows_are_centred_on_the_examples_alone() -> None:
    rows, _ = clouds(3, 4, 20)
    ready = Preparation.of(rows)
    assert ready.mean == pytest.approx(rows.mean(0))
    one = ready.apply(rows[:1])
    assert ready.apply(rows)[0] == pytest.approx(one[0])  # whatever else is asked about
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)


def pools(each: int = 6, classes: int = 4) -> Pools:
    labels = [f"class {i // each}" for i in range(each * classes)]
    return Pools.of(labels, [None] * len(labels), None)


def test_episodes_share_no_picture_between_examples_and_queries() -> None:
    some = pools()
    digests = [str(i) for i in range(24)]
    given = {"shots": 3, "ways": 3, "queries": 2, "draws": 20, "seed": 5}
    episodes = list(drawn(some, digests, **given))
    for one in episodes:
        asked, truth = one.asked()
        assert one.support.shape == (3, 3)
        assert len(asked) == 6
        assert not set(asked) & set(one.support.ravel())
        assert (asked // 6 == one.classes[truth]).all()
        assert (one.support // 6 == one.classes[:, None]).all()
    assert len({tuple(one.classes) for one in episodes}) > 1
    again = list(drawn(some, digests, **given))
    assert all((a.support == b.support).all() for a, b in zip(episodes, again, strict=True))


def test_a_copy_of_an_example_is_no_query() -> None:
    digests = [str(i) for i in range(24)]
    digests[1] = digests[0]
    for one in drawn(pools(), digests, shots=2, ways=4, queries=9, draws=30, seed=0):
        taken = {digests[n] for n in one.support.ravel()}
        assert not taken & {digests[n] for n in one.asked()[0]}


def test_examples_and_queries_stay_in_their_splits() -> None:
    labels = ["a"] * 6 + ["b"] * 6
    splits = (["train"] * 4 + ["test"] * 2) * 2
    some = Pools.of(labels, splits, ("train", "test"))
    for one in drawn(some, list("abcdefghijkl"), shots=4, ways=2, queries=9, draws=5, seed=0):
        assert set(one.support.ravel()) == {0, 1, 2, 3, 6, 7, 8, 9}
        assert set(one.asked()[0]) == {4, 5, 10, 11}


@pytest.mark.parametrize(
    ("labels", "shots", "ways", "sentence"),
    [
        (["a"] * 5, 1, None, "only the class 'a'"),
        (
            ["a"] * 3 + ["b"] * 5,
            3,
            None,
            "Too few pictures for examples and a query in 1 of 2 classes: a (3)",
        ),
        (["a"] * 3 + ["b"] * 5, 1, 3, "3 ways are asked for, and the set has 2 classes"),
    ],
)
def test_what_no_episode_can_be_drawn_from_is_refused(
    labels: list[str], shots: int, ways: int | None, sentence: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        Pools.of(labels, [None] * len(labels), None).check(shots, ways)
    assert sentence in str(caught.value)


def test_figures_are_those_of_a_loop() -> None:
    """Mean per-class accuracy of the nearest mean, and the interval, counted by hand."""
    features, labels = clouds(4, 12, 25, 3.0)
    some = Pools.of([f"{n}" for n in labels], [None] * len(labels), None)
    digests = [str(i) for i in range(len(labels))]
    episodes = list(drawn(some, digests, shots=5, ways=4, queries=7, draws=9, seed=3))
    steps = measuring(features, episodes, 4, (1, 5), ("nearest-mean", "cosine"), HOW)
    measured = {(one.head, one.shots): one for one in drained(steps)}
    for shots in (1, 5):
        found = []
        for one in episodes:
            examples = features[one.support[:, :shots]]
            mean = examples.reshape(-1, 25).mean(0)
            middles = [unit(unit(each - mean).mean(0)) for each in examples]
            per_class = []
            for k, asked in enumerate(one.queries):
                right = [
                    int(np.argmax([middle @ unit(features[n] - mean) for middle in middles]) == k)
                    for n in asked
                ]
                per_class.append(np.mean(right))
            found.append(np.mean(per_class))
        got = measured["nearest-mean", shots]
        assert got.accuracies == pytest.approx(found)
        assert got.interval == pytest.approx(1.96 * np.std(found, ddof=1) / 3)
    assert measured["nearest-mean", 5].mean > measured["nearest-mean", 1].mean


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.class_folders(tmp_path_factory.mktemp("few") / "textures", 5)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for rows; the usual exports are used."""
    usual = rows_module.settings()
    monkeypatch.setattr(
        rows_module, "settings", lambda: usual.model_copy(update={"cache": tmp_path / "cache"})
    )
    return tmp_path / "cache" / "few_shot"


def finished(**config: object) -> Result:
    *_, last = few_shot_job(Task({"sizes": [97], "mirrored": False, **config}))
    assert isinstance(last, Result)
    return last


def test_a_set_is_measured_and_looked_at_once(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"data": str(folder), "shots": [1, 3], "draws": 4}
    first = finished(**given)
    assert first.facts["accuracy"].keys() == set(HEADS)
    assert first.facts["accuracy"]["nearest-mean"]["3"] > 0.8
    assert (first.facts["ways"], first.facts["pictures"]) == (3, 15)
    assert first.arrays["nearest-mean, 3"].shape == (4, 3)
    (kept,) = cache.iterdir()
    monkeypatch.setattr(rows_module, "descriptor_of", lambda *_: pytest.fail("looked again"))
    assert finished(**given).facts == first.facts
    kept.write_bytes(b"damaged")
    with pytest.raises(pytest.fail.Exception):
        finished(**given)


def test_bad_pictures_are_counted_and_copies_named(tmp_path: Path, cache: Path) -> None:
    root = made.class_folders(tmp_path / "set", 3)
    (root / "dots" / "bad.jpg").write_text("nothing")
    copy = (root / "rings" / "0.png").read_bytes()
    (root / "rings" / "copy.png").write_bytes(copy)
    facts = finished(data=str(root), shots=[1], draws=3).facts
    assert facts["skipped_count"] == 1
    assert list(facts["skipped"]) == ["dots/bad.jpg"]
    assert facts["duplicates"] == [["rings/0.png", "rings/copy.png"]]


def test_splits_of_the_folders_are_kept(tmp_path: Path, cache: Path) -> None:
    for path in made.class_folders(tmp_path / "all", 5).rglob("*.png"):
        split = "train" if int(path.stem) < 3 else "test"
        place = tmp_path / "set" / split / path.parent.name
        place.mkdir(parents=True, exist_ok=True)
        path.rename(place / path.name)
    facts = finished(data=str(tmp_path / "set"), shots=[3], draws=2).facts
    assert facts["protocol"] == "examples from train, queries from test"
    assert facts["queries_per_draw"] == 6
    mixed = finished(data=str(tmp_path / "set"), shots=[3], draws=2, mixed=True).facts
    assert mixed["protocol"] == "examples and queries from all pictures"
    with pytest.raises(DatasetError, match="does not have both splits"):
        finished(data=str(tmp_path / "set"), support="val")


def test_fine_tuning_meets_the_same_draws(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pictures are those of the episodes, with the places of their classes; training is replaced."""
    found = collection.of_folder(folder, 100)
    rows = drained(rows_module.read(found, FeatureParameters(sizes=(97,), mirrored=False)))
    some = Pools.of([str(one.label) for one in rows.entries], [None] * 15, None)
    (episode,) = drawn(some, rows.digests, shots=2, ways=2, queries=3, draws=1, seed=1)
    given: list[Examples] = []

    class Trained:
        accuracy_ = 0.75

        def __init__(self, name: str, how: FineTuneParameters) -> None:
            assert name == "full"

        def fit(self, examples: Examples) -> "Trained":
            given.append(examples)
            return self

    monkeypatch.setattr(finetuned, "FineTune", Trained)
    how = FineTuneParameters(size=97, validation=0)
    measured = drained(finetuned.finetuning("full", found, rows, [episode], (1, 2), how))
    assert [(one.shots, one.mean) for one in measured] == [(1, 0.75), (2, 0.75)]
    for count, examples in zip((1, 2), given, strict=True):
        for sample, place in zip(examples.train.pictures, examples.train.labels, strict=True):
            own = [found.read(rows.entries[n].name).pixels for n in episode.support[place, :count]]
            assert any(np.array_equal(sample, one) for one in own)
        assert len(examples.train) == 2 * count
        assert examples.test.labels.tolist() == [0, 0, 0, 1, 1, 1]
        assert examples.test.fed[0] in ((97, 65), (65, 97))


def test_progress_is_told(folder: Path, cache: Path) -> None:
    events = list(
        few_shot_job(Task({"data": str(folder), "sizes": [97], "draws": 2, "shots": [1]}))
    )
    shares = [one.share for one in events if isinstance(one, Progress)]
    assert len(shares) >= 4
    assert all(0 <= one <= 1 for one in shares)


def test_rows_of_the_job_are_those_of_the_classifier(folder: Path, cache: Path) -> None:
    """What the page makes live is what is measured."""
    how = FeatureParameters(sizes=(97,))
    found = collection.of_folder(folder, 100)
    rows = drained(rows_module.read(found, how))
    photo = found.read(rows.entries[7].name)
    descriptor = descriptor_of(how)
    assert rows.features[7] == pytest.approx(seen(photo, how, descriptor).row, abs=2e-3)
    assert rows.features[7] == pytest.approx(rows_of(descriptor, True, [photo])[0], abs=2e-3)


@pytest.fixture(scope="module")
def gallery() -> dict[str, images.Photo]:
    keys = ("astronaut", "photographer", "cat", "scene-sizes", "motorcycle")
    return {key: images.gallery.load(key) for key in keys}


@pytest.mark.parametrize("head", list(HEADS))
def test_the_mean_of_a_map_is_its_score(head: str, gallery: dict[str, images.Photo]) -> None:
    descriptor = descriptor_of(LIVE)
    examples = {"people": [gallery["astronaut"]], "cats": [gallery["cat"]]}
    made_of = ExampleClassifier.of(examples, head, descriptor=descriptor)
    for asked, name in (("photographer", "people"), ("scene-sizes", "cats")):
        answer = made_of.answer(seen(gallery[asked], descriptor=descriptor))
        assert answer.names[answer.best] == name
        assert answer.maps.mean((1, 2)) == pytest.approx(answer.scores, abs=1e-4)
        assert answer.maps.shape[1:] == (answer.placement.down.cells, answer.placement.across.cells)


def test_a_map_shows_where_the_example_stands(gallery: dict[str, images.Photo]) -> None:
    """A small cat in a corner: what speaks for cats lies there, and mirrored on the other side."""
    corner = images.gallery.load("scene-corner")
    turned = images.Photo.from_array(np.ascontiguousarray(corner.pixels[:, ::-1]))
    examples = {"people": [gallery["astronaut"]], "cats": [gallery["cat"]]}
    made_of = ExampleClassifier.of(examples)
    one, other = (made_of.answer(seen(photo)).maps[1] for photo in (corner, turned))
    assert one == pytest.approx(other[:, ::-1], abs=0.2)
    place = np.unravel_index(one.argmax(), one.shape)
    assert made_of.answer(seen(corner)).placement.centre(*place)[0] != pytest.approx(
        corner.width / 2, abs=corner.width / 8
    )


def test_a_classifier_needs_two_classes_with_pictures(gallery: dict[str, images.Photo]) -> None:
    with pytest.raises(ParameterError, match="there are 1 classes"):
        ExampleClassifier.of({"cats": [gallery["cat"]]})
    with pytest.raises(ParameterError, match="dogs has no example"):
        ExampleClassifier.of({"cats": [gallery["cat"]], "dogs": []})
    with pytest.raises(ParameterError, match="no head"):
        ExampleClassifier.of({"cats": [gallery["cat"]], "men": [gallery["astronaut"]]}, "svm")
    with pytest.raises(ParameterError, match="one size"):
        seen(gallery["cat"], FeatureParameters(sizes=(97, 161)))


def test_parameters_are_held_to_their_ranges() -> None:
    assert FewShotParameters(data="x", shots="5,1,5").shots == (1, 5)
    assert FewShotParameters(data="x", heads="cosine").heads == ("cosine",)
    for bad in ({"shots": "0"}, {"shots": ""}, {"heads": "svm"}, {"ways": 1}, {"draws": 0}):
        with pytest.raises(ValueError, match="validation error"):
            FewShotParameters(data="x", **bad)

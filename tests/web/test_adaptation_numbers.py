"""What the Domain adaptation page makes of a run's figures, without a browser."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.web import adaptation_by_hand as by_hand
from wsl_core.datasets.domains import PAIRS, card
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.transfer.adaptation import METHODS, finished
from wsl_core.transfer.adaptation.request import Request
from wsl_core.web import links
from wsl_core.web.adaptation import downloads as files
from wsl_core.web.adaptation import figures as drawn
from wsl_core.web.adaptation import in_python as code
from wsl_core.web.adaptation import pictures, projection, runs, struggle
from wsl_core.web.adaptation import sentences as words
from wsl_core.web.adaptation.runs import Baselines, Seen
from wsl_core.web.adaptation.view import AdaptationView

PROJECT = Path(__file__).resolve().parents[2]
BASE = Baselines(0.4, 0.55, 100, 0.95)


@pytest.fixture(scope="module")
def dann() -> Seen:
    return Seen("by-hand", by_hand.run("dann"))


@pytest.fixture(scope="module")
def translation() -> Seen:
    return Seen("drawn", by_hand.run("translation"))


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """`shipped("dann")`: as though these runs were all that comes with the program."""

    def ship(*methods: str) -> None:
        monkeypatch.setattr(finished, "PLACES", (by_hand.ship(tmp_path, *methods),))
        runs._every.cache_clear()

    yield ship
    runs._every.cache_clear()


def test_a_look_and_the_training_at_its_step(dann) -> None:
    assert [dann.step(look) for look in (0, 2, 4, 99)] == [0, 50, 100, 100]
    assert dann.told(52)["lambda"] == pytest.approx(0.5)
    assert dann.told(0)["lambda"] == pytest.approx(0.05)  # nothing was told before step 5
    assert dann.looked(2)["evaluation_target_accuracy"] == pytest.approx(0.5)
    assert (dann.nearest(60), dann.nearest(64), dann.nearest(10_000)) == (2, 3, 4)
    assert dann.snapshot(3) == 3


def test_smoothing_is_a_mean_over_a_window_that_ends_at_each_step() -> None:
    steps, values = np.arange(0.0, 1000), np.random.default_rng(0).normal(size=1000)
    _, found = drawn.smoothed(steps, values)
    reach = drawn.SMOOTH * 999
    for at in (0, 5, 500, 999):
        inside = (steps <= steps[at]) & (steps >= steps[at] - reach)
        assert found[at] == pytest.approx(values[inside].mean())


def test_a_diverged_figure_leaves_no_point() -> None:
    run = by_hand.run("dann")
    curve = (*run.curve, (105, {"loss": float("nan")}))
    seen = Seen("lost", type(run)(**{**vars(run), "curve": curve}))
    assert seen.curve("loss")[0].max() == 100


def test_how_far_domains_lie_apart() -> None:
    points = np.array([[0, 1], [0, -1], [4, 1], [4, -1]], np.float32)
    assert projection.apart(points, np.array([0, 0, 1, 1], np.int8)) == pytest.approx(4.0)
    assert projection.apart(points, np.zeros(4, np.int8)) == 0


def test_all_looks_share_one_frame(dann) -> None:
    frames = {projection.pca(dann, look)[1] for look in range(dann.count)}
    assert len(frames) == 1
    ((left, right), (low, high)) = frames.pop()
    assert left < dann.run.points[..., 0].min()
    assert right > dann.run.points[..., 0].max()
    assert low < dann.run.points[..., 1].min() < dann.run.points[..., 1].max() < high


def test_without_features_tsne_is_refused_in_words() -> None:
    run = by_hand.run("dann")
    assert run.features is None
    with pytest.raises(ParameterError, match="no features"):
        projection.tsne(Seen("no-features", run), 0)


def test_two_runs_are_in_the_same_charts(dann, translation) -> None:
    charts = {one.title: one for one in drawn.charts([dann, translation], 2, BASE)}
    names = [line.name for line in charts["Accuracy"].lines]
    assert names == [
        "Domain-adversarial training: source",
        f"Domain-adversarial training: target, {drawn.SEEN_ONLY}",
        "Image translation: source",
        f"Image translation: target, {drawn.SEEN_ONLY}",
    ]
    assert all(line.dashed == ("target" in line.name) for line in charts["Accuracy"].lines)
    assert {level.value for level in charts["Accuracy"].options["levels"]} == {0.4, 0.55}
    assert len({line.colour for line in charts["Losses"].lines}) == len(charts["Losses"].lines)
    assert charts["Lambda"].options["at"] == 50
    for one in charts.values():
        assert one.title in one.html()


def test_a_run_without_a_domain_classifier_has_no_chart_of_it() -> None:
    seen = Seen("plain", by_hand.run("source-only"))
    titles = [one.title for one in drawn.charts([seen], 0, None)]
    assert "Lambda" not in titles
    assert "Domain classifier is right" not in titles
    assert words.ends(seen) is None


def test_the_gap_that_was_covered(dann) -> None:
    assert "covers 88 % of the gap: from 55.0 %" in words.gap_sentence(dann, BASE)
    assert "+35.0 points" in words.gap_sentence(dann, Baselines(0.4, 0.55, 100))
    assert words.gap_sentence(dann, None) == ""


def test_both_baselines_stand_beside_the_accuracy(shipped, dann) -> None:
    shipped("dann", "source-only", "target")
    base = runs.baselines(by_hand.PAIR, "fast")
    assert base == Baselines(0.4, by_hand.CENTRED, by_hand.STEPS, 0.95)
    rows = words.accuracy_rows([dann], [4], [base])
    assert [row[2] for row in rows] == ["**90.0 %**", "40.0 %", "55.0 %", "95.0 %"]
    assert runs.baselines(by_hand.PAIR, "paper") is None


def test_a_damaged_run_is_told_and_breaks_nothing(shipped, tmp_path) -> None:
    shipped("dann", "source-only")
    (tmp_path / f"{by_hand.PAIR}-dann" / "run.json").write_text("{")
    assert runs.every() == ()
    assert "damaged" in runs.damaged()
    assert runs.baselines(by_hand.PAIR, "fast") is None


def test_the_prediction_is_judged_by_the_curve(dann) -> None:
    assert words.turn(dann) == words.DOWN
    assert "to 90.0 %" in words.turned(dann)
    fared = [struggle.Fared.of(dann)]
    assert struggle.answer(fared) == struggle.CHANCE
    assert fared[0].fresh == pytest.approx(0.75)


def test_a_fresh_classifier_from_the_proxy_distance() -> None:
    for error in (0.0, 0.1, 0.5):
        assert struggle.fresh_accuracy(2 * (1 - 2 * error)) == pytest.approx(1 - error)


def test_the_pictures_are_those_of_the_features(dann) -> None:
    kept = pictures.probes(dann.run)
    pair = by_hand.pair()
    np.testing.assert_array_equal(kept[: by_hand.PROBED], pair.source.values[: by_hand.PROBED])
    np.testing.assert_array_equal(kept[by_hand.PROBED :], pair.evaluation.values[: by_hand.PROBED])
    wrong = pictures.wrong(dann, 4)
    assert len(wrong) == 4
    assert (dann.run.domains[wrong] == 1).all()


def test_other_pictures_than_the_runs_are_refused() -> None:
    run = by_hand.run("dann")
    labels = (run.labels + 1) % 10
    with pytest.raises(DatasetError, match="others than those"):
        pictures._probes(type(run)(**{**vars(run), "labels": labels}))


def test_where_the_data_are_missing_a_sentence_says_which(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("WSL_DATA", str(tmp_path))
    run = by_hand.run("dann")
    with pytest.raises(DatasetError, match="Expected under WSL_DATA"):
        pictures.probes(type(run)(**{**vars(run), "pair": "mnist-mnistm"}))


def test_two_runs_of_one_method_are_told_apart(dann) -> None:
    other = Seen("other", by_hand.run("dann", seed=2))
    stronger = Seen("stronger", by_hand.run("dann", lambda_largest=3.0))
    same = Seen("same", dann.run)
    assert dann.title([dann]) == dann.method
    assert dann.title() == f"{dann.run.title}, {dann.method}"
    assert other.title([dann, other]) == f"{dann.method}, seed 2"
    assert stronger.title([dann, stronger]) == f"{dann.method}, lambda to 3"
    assert same.title([dann, same]) == f"{dann.method}, same"


def test_what_went_wrong_is_said_before_a_run_has_ended(dann) -> None:
    run = dann.run
    looks = tuple((step, one | {"largest_class": 0.99}) for step, one in run.looks)
    going = Seen("going", type(run)(**{**vars(run), "looks": looks, "facts": {}}))
    assert "collapsed" in words.remarks(going)[0]
    assert words.remarks(dann) == []


def test_files_hold_the_figures(dann, translation) -> None:
    told = json.loads(files.as_json(dann))
    assert told["looks"][2]["evaluation_target_accuracy"] == pytest.approx(0.5)
    rows = list(csv.DictReader(io.StringIO(files.told_csv([dann, translation], looks=False))))
    assert len(rows) == len(dann.run.curve) + len(translation.run.curve)
    assert float(rows[9]["lambda"]) == pytest.approx(0.5)
    assert rows[-1]["lambda"] == ""
    charts = drawn.charts([dann], 2, BASE)
    root = ElementTree.fromstring(files.charts_svg(charts))
    texts = "".join(root.itertext())
    assert "Accuracy, %" in texts
    assert drawn.SEEN_ONLY in texts
    ElementTree.fromstring(files.features_svg(dann, 2))


def test_curves_as_a_picture(dann) -> None:
    assert files.charts_png(drawn.charts([dann], 2, BASE)).startswith(b"\x89PNG")


def test_every_method_and_pair_can_be_asked_for() -> None:
    for method in METHODS:
        asked = AdaptationView(method=method, pair="digits-photos", lambda_largest=3.0).request()
        expected = 3.0 if "lambda_largest" in METHODS[method].parameters else 1.0
        assert asked.settled().lambda_largest == expected
    for pair in PAIRS:
        assert AdaptationView(pair=pair, steps=40).request().settled().steps == 40


@pytest.mark.parametrize(
    ("name", "text"),
    [("look", "-1"), ("look", "x"), ("steps", "41"), ("seed", "100"), ("lambda_largest", "2"),
     ("method", "magic"), ("pair", "cats-dogs"), ("weight", "nan"), ("finished", "x"), ("chapter", "")],
)  # fmt: skip
def test_what_a_field_does_not_take_is_told(name: str, text: str) -> None:
    parameters, notices = links.parse(AdaptationView, {name: text})
    assert len(notices) == 1
    assert getattr(parameters, name) == AdaptationView.model_fields[name].default


def run_lines(text: str) -> str:
    """What the lines print, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_lines_that_look_at_a_run(dann, shipped, tmp_path) -> None:
    shipped("dann")
    name = f"{by_hand.PAIR}-dann"
    place = (
        "from pathlib import Path\nfrom wsl_core.transfer.adaptation import finished\n"
        f"finished.PLACES = (Path({str(tmp_path)!r}),)\n"
    )
    text = code.watch(Seen(name, dann.run), shipped=True)
    assert "100 0.9 1.0" in run_lines(place + text)
    assert f"{name} 0.5" in run_lines(place + code.struggle(by_hand.PAIR))


def test_the_lines_that_train() -> None:
    request = Request(pair=by_hand.PAIR, adaptation={"method": "dann", "steps": 2})
    last = run_lines(code.training(request)).splitlines()[-1]
    assert 0 <= float(last) <= 1
    features = next(name for name in PAIRS if card(name).features)
    compile(code.training(Request(pair=features, adaptation={"method": "sa"})), "lines", "exec")


def test_the_page_imports_nothing_heavy() -> None:
    modules = run_lines(
        "import sys\n"
        "from wsl_core.web.adaptation import downloads, struggle, training\n"
        "print(*sys.modules)"
    ).split()
    assert "wsl_core.web.adaptation.training" in modules
    assert {"torch", "pandas", "sklearn", "scipy", "matplotlib"}.isdisjoint(modules)

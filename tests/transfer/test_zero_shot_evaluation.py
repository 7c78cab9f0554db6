"""The measurement: choice on left-out classes, facts, refusals; real figures, loosely."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.transfer.zero_shot_toys import toy
from wsl_core.datasets import attributes
from wsl_core.errors import DatasetError, ParameterError, WslError
from wsl_core.jobs import Progress, Result, Task
from wsl_core.jobs.parts import completed
from wsl_core.transfer.zero_shot import METHODS, MethodParameters, evaluation, measurement
from wsl_core.transfer.zero_shot.choosing import best, choosing
from wsl_core.transfer.zero_shot.division import divided, folds
from wsl_core.transfer.zero_shot.features import Pictures
from wsl_core.transfer.zero_shot.parameters import ZeroShotParameters

COLOURS = {
    "red": (230, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 230), "white": (250, 250, 250),
    "black": (5, 5, 5), "yellow": (240, 240, 10),
}  # fmt: skip
TINY: dict[str, Any] = {"sizes": (65,), "mirrored": False, "repeats": 1}


@pytest.fixture
def coloured(tmp_path: Path) -> Path:
    """Classes that are colours, described by how much of each primary they have."""
    root = tmp_path / "colours"
    lines = ["class,split,redness,greenness,blueness"]
    random = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        kind = "unseen" if name in ("white", "yellow") else "seen"
        lines.append(f"{name},{kind},{','.join(f'{one / 255:.2f}' for one in colour)}")
        (root / name).mkdir(parents=True)
        for number in range(3):
            noise = random.integers(-5, 6, (64, 64, 3))
            pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(root / name / f"{number}.png")
    (root / "attributes.csv").write_text("\n".join(lines) + "\n")
    return root


def measured(root: Path, **fields: Any) -> Result:
    how = ZeroShotParameters(data=str(root), **{**TINY, **fields})
    *events, last = evaluation.zero_shot_job(Task(how.model_dump(mode="json")))
    assert all(isinstance(one, Progress) for one in events)
    shares = [one.share for one in events if isinstance(one, Progress)]
    assert shares == sorted(shares)
    assert isinstance(last, Result)
    return last


def test_facts_of_a_table_of_ones_own(coloured: Path) -> None:
    found = measured(coloured)
    facts = found.facts
    assert set(facts["classes"]) == set(COLOURS)
    assert facts["unseen_classes"] == ["white", "yellow"]
    assert facts["split"] == "proposed"
    (draw,) = facts["draws"]
    alone = [draw["unseen_classes"][name] for name in ("white", "yellow")]
    assert facts["unseen"] == pytest.approx(np.mean(alone))
    assert facts["unseen"] == pytest.approx(
        np.mean([facts["classes"][one] for one in ("white", "yellow")])
    )
    both = facts["seen"], facts["unseen_among_all"]
    assert facts["harmonic"] == pytest.approx(2 * both[0] * both[1] / sum(both) if sum(both) else 0)
    assert sum(draw["predicted"].values()) == draw["unseen_judged"] == 6
    assert draw["train"] == 8
    assert found.arrays["confusion"].sum() == draw["seen_judged"] + draw["unseen_judged"]
    assert len(facts["curve"]["gamma"]) == len(facts["curve"]["seen"])
    assert facts["in_network"]["red"]["kind"] == "no"


def test_draws_are_the_same_again_and_their_mean_is_told(coloured: Path) -> None:
    one, other = (measured(coloured, split="random", draws=3, unseen=2).facts for _ in range(2))
    assert one == other
    assert len(one["draws"]) == 3
    assert one["unseen"] == pytest.approx(np.mean([each["unseen"] for each in one["draws"]]))
    assert one["deviation"]["unseen"] == pytest.approx(
        np.std([each["unseen"] for each in one["draws"]], ddof=1)
    )
    drawn = [tuple(each["unseen_classes"]) for each in one["draws"]]
    assert all(len(names) == 2 for names in drawn)
    assert len(set(drawn)) > 1


def test_a_damaged_picture_is_skipped_and_named(coloured: Path) -> None:
    (coloured / "red" / "0.png").write_bytes(b"none")
    facts = measured(coloured).facts
    assert list(facts["skipped"]) == ["red/0.png"]
    assert facts["pictures"] == 17


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"split": "standard"}, "no standard split. There are: proposed, random"),
        ({"split": "random", "unseen": 5}, "5 unseen classes of 6"),
        ({"method": "telepathy"}, "telepathy"),
        ({"split": "sideways"}, "sideways"),
    ],
)
def test_requests_that_cannot_be(coloured: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(WslError, match=said):
        list(evaluation.zero_shot_job(Task({"data": str(coloured), **TINY, **change})))


def one_class(root: Path) -> None:
    for name in list(COLOURS)[1:]:
        for place in (root / name).iterdir():
            place.unlink()


def one_unseen(root: Path) -> None:
    for place in (root / "white").iterdir():
        place.unlink()


def one_picture(root: Path) -> None:
    for number in (1, 2):
        (root / "blue" / f"{number}.png").unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (one_class, "pictures of one class, red"),
        (one_unseen, "1 unseen class "),
        (one_picture, "blue has one picture"),
    ],
)
def test_sets_with_too_few_classes_or_pictures(
    coloured: Path, damage: Callable[[Path], None], said: str
) -> None:
    damage(coloured)
    found = attributes.read(coloured)
    with pytest.raises(DatasetError, match=said):
        evaluation.refuse_early(found, ZeroShotParameters(data=str(coloured)))


def test_what_is_given_stays_unless_it_is_clearly_beaten() -> None:
    assert best([[0.5, 0.6, 0.5], [0.9, 0.9, 0.9], [0.4, 0.4, 0.4]]) == 1
    assert best([[0.50, 0.60, 0.70], [0.51, 0.59, 0.71]]) == 0  # ahead by less than the error
    assert best([[0.5], [0.6]]) == 1
    assert best([[0.6], [0.6]]) == 0


def test_nothing_of_unseen_classes_takes_part_in_the_choice() -> None:
    """Their pictures replaced by noise, their signatures by others: the same choice, to the last bit."""
    made = toy(seen=12, unseen=4)
    division = divided(made.labels, range(12, 16), 0)
    parts = folds(division, made.labels, 0, 2)
    noise = np.random.default_rng(1)
    features, signatures = made.features.copy(), made.signatures.copy()
    features[division.asked] = noise.standard_normal(features[division.asked].shape)
    features[division.aside] = noise.standard_normal(features[division.aside].shape)
    signatures[12:] = noise.random(signatures[12:].shape)
    for name in ("prototype", "eszsl"):
        one, other = (
            completed(choosing(METHODS[name], x, made.labels, s, parts, MethodParameters()))
            for x, s in ((made.features, made.signatures), (features, signatures))
        )
        assert (one.values, one.gamma, one.accuracy) == (other.values, other.gamma, other.accuracy)


def test_the_calibration_that_is_chosen_helps() -> None:
    card, gains = METHODS["prototype"], []
    for seed in range(3):
        made = toy(seen=16, unseen=5, attributes=20, width=40, noise=0.3, seed=seed)
        division = divided(made.labels, range(16, 21), 0)
        parts = folds(division, made.labels, 0, 2)
        choice = completed(
            choosing(card, made.features, made.labels, made.signatures, parts, MethodParameters())
        )
        pictures = Pictures(made.features, made.labels, None)
        found = measurement.judged(card, pictures, made.signatures, division, choice).figures
        gains.append(found["harmonic"] - found["harmonic_uncalibrated"])
        assert found["unseen"] >= found["unseen_among_all"]
    assert np.mean(gains) > 0.05


@pytest.mark.data
@pytest.mark.parametrize(("folder", "split"), [("awa2", "proposed"), ("cub", "proposed")])
def test_real_pictures(data: Path, folder: str, split: str) -> None:
    """Small pictures, a third of each class: well above chance, and calibration matters."""
    found = attributes.read(data / folder)
    kept = tuple(found.pictures[::3])
    smaller = attributes.AttributeSet(
        found.title, found.root, found.table, kept, found.splits, found.said, found.relatives
    )
    how = ZeroShotParameters(data=str(data / folder), sizes=(129,), mirrored=False, repeats=1)
    from wsl_core.transfer.zero_shot.features import read

    pictures = completed(read(smaller.collection(), found.table, how, "features"))
    _, unseen = evaluation.draws_of(smaller, how)
    (one,) = completed(measurement.measuring(METHODS["prototype"], smaller, pictures, unseen, how))
    figures = one.figures
    assert figures["unseen"] > 0.35  # chance is .2 for the animals, .1 for the birds
    assert figures["seen"] > 0.4
    assert figures["harmonic"] > figures["harmonic_uncalibrated"]


def test_the_shipped_animals_give_the_shipped_figures() -> None:
    """Without WSL_DATA: the page's live fit on rows of a byte a value."""
    from wsl_core.transfer.zero_shot.shipped import animals

    found = animals()
    assert np.linalg.norm(found.rows, axis=1) == pytest.approx(1, abs=1e-5)
    unseen = [found.table.index(one) for one in found.splits["proposed"]]
    division = divided(found.labels, unseen, 0)
    own = np.searchsorted(division.seen, found.labels[division.train])
    fitted = METHODS["prototype"].fit(
        found.rows[division.train], own, found.table.values[division.seen], MethodParameters()
    )
    scores = fitted.scores(found.rows[division.asked], found.table.values[division.unseen])
    truth = np.searchsorted(division.unseen, found.labels[division.asked])
    each = [(scores[truth == k].argmax(axis=1) == k).mean() for k in range(len(division.unseen))]
    assert 0.5 < np.mean(each) < 0.75


def test_the_zero_shot_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    program = next(one for one in blocks if "zero_shot.shipped" in one)
    exec(compile(program, "README", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_what_is_shipped_as_chosen_is_what_was_measured() -> None:
    from wsl_core.transfer.zero_shot.shipped import animals

    file = Path(__file__).parents[2] / "benchmarks" / "results" / "zero_shot.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        rows = [one for one in csv.DictReader(opened) if one["folder"] == "awa2"]
    for split, methods in animals().chosen.items():
        for name, chosen in methods.items():
            (row,) = (one for one in rows if (one["split"], one["method"]) == (split, name))
            assert json.loads(row["chosen"]) == chosen["values"]
            assert float(row["gamma"]) == pytest.approx(chosen["gamma"], abs=1e-3)


def test_a_width_out_of_range_is_refused() -> None:
    with pytest.raises(ParameterError, match="width"):
        list(evaluation.zero_shot_job(Task({"data": "x", "width": -1})))

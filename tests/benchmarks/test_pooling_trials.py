"""Schemes at equal effort: nothing is chosen on val, and nothing is trained twice."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from statistics import stdev

import numpy as np
import pytest

from benchmarks import pooling_schemes as benchmark
from benchmarks import pooling_trials as trials
from benchmarks.pooling_trials import Setting, Trial, Trials
from wsl_core.datasets.labelled import LabelledPicture, LabelledPictures
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.figures import pooling_schemes as figures


def split(name: str, count: int) -> LabelledPictures:
    """Pictures that nobody opens."""
    pictures = tuple(
        LabelledPicture(f"{name} {i}", Path("none"), 10, 10, (i % 2, 1 - i % 2))
        for i in range(count)
    )
    return LabelledPictures(f"VOC 2012 {name}", ("cat", "dog"), pictures)


def names(pictures: LabelledPictures) -> set[str]:
    return {one.name for one in pictures.pictures}


@pytest.fixture
def recorded(
    monkeypatch: pytest.MonkeyPatch, network, tmp_path: Path
) -> list[tuple[Trials, Setting]]:
    """Trainings that are noted, and give figures by what they are judged on."""
    monkeypatch.setenv("WSL_CACHE", str(tmp_path))
    done: list[tuple[Trials, Setting]] = []

    def trained(self: Trials, setting: Setting) -> dict[str, dict[str, float]]:
        done.append((self, setting))
        best = (3e-3, 0.1) if self.title == trials.FIFTH else (1e-3, 2.0)
        value = 0.9 if (setting.rate, setting.decay) == best else 0.5
        value += 0.01 * (setting.seed or 0)
        found = dict.fromkeys(figures.METRICS, value)
        return {setting.scheme: found | {f"{name}_bootstrap": 0.02 for name in figures.METRICS}}

    monkeypatch.setattr(Trials, "_trained", trained)
    untrained = Setting(figures.UNTRAINED, "")
    monkeypatch.setattr(
        Trials, "untrained", lambda self: self._once(untrained, lambda: trained(self, untrained))
    )
    monkeypatch.setattr(benchmark.networks, "load", lambda: network)
    return done


def test_a_fifth_of_train_is_set_apart() -> None:
    train = split("train", 400)
    learned, judged = trials.parted(train)
    assert names(learned) | names(judged) == names(train)
    assert not names(learned) & names(judged)
    assert 60 < len(judged.pictures) < 100
    fold = np.random.default_rng(0).integers(0, 5, 400)
    assert [one.name for one in judged.pictures] == [
        f"train {i}" for i in np.flatnonzero(fold == 0)
    ]
    assert trials.parted(train) == (learned, judged)


def test_val_is_not_read_before_everything_is_chosen(recorded, monkeypatch) -> None:
    asked: list[tuple[str, int]] = []

    def read(format: str, root: Path, name: str, year: int) -> LabelledPictures:
        asked.append((name, len(recorded)))
        return split(name, 40)

    monkeypatch.setattr(benchmark.labelled, "read", read)
    result = benchmark.run(Path("voc"), pronet=benchmark.STARTS)
    choice = len(SCHEMES) * len(benchmark.GRID)
    assert asked == [("train", 0), ("val", choice)]
    train = names(split("train", 40))
    for one, setting in recorded[:choice]:
        learned, judged = names(one.learned), names(one.judge.pictures)
        assert learned | judged == train
        assert not learned & judged
        assert setting.seed == benchmark.SEEDS[0]
    # On val another pair would have been the best: it is not what is trained there.
    on_val = [setting for _, setting in recorded[choice:] if setting.start]
    assert {(one.rate, one.decay) for one in on_val} == {(3e-3, 0.1)}
    assert all(names(one.learned) == train for one, _ in recorded[choice:])
    assert len(on_val) == (len(SCHEMES) + 1) * 2 * len(benchmark.SEEDS)
    file = io.StringIO()
    table = csv.DictWriter(file, list(result["rows"][0]))
    table.writeheader()
    table.writerows(result["rows"])
    read_back = figures.read(csv.DictReader(io.StringIO(file.getvalue())))
    assert {one.method for one in read_back} == {*SCHEMES, "pronet", "untrained"}
    assert len(result["trainings"]) == choice + len(on_val) + 1
    assert {row["start"] for row in result["rows"] if row["method"] == "pronet"} == set(
        benchmark.STARTS
    )


def test_what_was_trained_is_not_trained_again(recorded) -> None:
    one = Trials(benchmark.networks.load(), *trials.parted(split("train", 40)), trials.FIFTH)
    setting = Setting("lse", "random", 0, 1e-3, 2.0)
    first = one.run(setting)
    assert one.run(setting) == first
    assert len(recorded) == 1
    one.run(setting.from_start("random", 1))
    other = split("other", 40)
    Trials(one.network, *trials.parted(other), trials.FIFTH).run(setting)
    assert len(recorded) == 3
    assert len(json.loads(trials.place().read_text())) == 3


def test_means_and_deviations_are_those_of_the_seeds() -> None:
    values = (0.70, 0.72, 0.77)
    found = [
        Trial(
            Setting("max", "random", seed, 1e-3, 2.0), trials.VAL,
            {
                name: dict.fromkeys(figures.METRICS, value + shift)
                | {f"{m}_bootstrap": 0.02 for m in figures.METRICS}
                for name, shift in (("max", 0.0), ("wslocalization", 0.1))
            },
            "2026-11-26",
        )
        for seed, value in enumerate(values)
    ]  # fmt: skip
    one, beam = benchmark.table_rows(found)
    assert (one["method"], one["start"], one["seeds"]) == ("max", "random", 3)
    assert one["point_map"] == pytest.approx(sum(values) / 3, abs=1e-6)
    assert one["point_map_deviation"] == pytest.approx(stdev(values), abs=1e-6)
    assert (beam["method"], beam["scheme"]) == ("wslocalization", "max")
    assert beam["point_map"] == pytest.approx(sum(values) / 3 + 0.1, abs=1e-6)
    (single,) = benchmark.table_rows([replace(found[0], figures={"max": found[0].figures["max"]})])
    assert single["point_map_deviation"] == ""

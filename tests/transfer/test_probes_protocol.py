"""Draws, folds, duplicates, accuracies, grids: known values and laws."""

import numpy as np
import pytest

from wsl_core.datasets.collection import Entry
from wsl_core.errors import DatasetError
from wsl_core.networks import Geometry
from wsl_core.transfer.probes import protocol
from wsl_core.transfer.probes.grid import Grid, side

LABELS = np.repeat([0, 1, 2], [10, 30, 6])
NAMES = ("cat", "dog", "emu")


def test_a_draw_takes_as_many_as_it_says_and_none_twice() -> None:
    found = protocol.draws(LABELS, NAMES, 5, 8, 3, seed=1)
    assert [one.name for one in found] == ["draw 1", "draw 2", "draw 3"]
    for one in found:
        assert np.bincount(LABELS[one.train]).tolist() == [5, 5, 5]
        assert np.bincount(LABELS[one.test]).tolist() == [5, 8, 1]
        assert not set(one.train) & set(one.test)
    again = protocol.draws(LABELS, NAMES, 5, 8, 3, seed=1)
    assert [one.train.tolist() for one in again] == [one.train.tolist() for one in found]
    assert found[0].train.tolist() != found[1].train.tolist()


def test_a_class_with_too_few_pictures_is_named() -> None:
    with pytest.raises(DatasetError, match=r"cat \(10\), emu \(6\)\. Accepted are 11 .* at most 5"):
        protocol.draws(LABELS, NAMES, 10, 1, 1, seed=0)


def test_few_examples_are_among_more_and_folds_stay_within() -> None:
    one = protocol.draws(LABELS, NAMES, 5, 8, 1, seed=1)[0]
    few, more = (protocol.first_of_each(one.train, LABELS, n) for n in (2, 3))
    assert set(few) < set(more) < set(one.train)
    apart = protocol.folds(one.train, LABELS)
    assert apart is not None
    inner, held = apart
    assert np.bincount(LABELS[held]).tolist() == [1, 1, 1]
    assert sorted([*inner, *held]) == sorted(one.train)
    assert protocol.folds(protocol.first_of_each(one.train, LABELS, 1), LABELS) is None


def test_an_accuracy_is_the_mean_of_the_classes() -> None:
    said = np.where(LABELS == 1, 1, 0)
    assert protocol.accuracy(said, LABELS, 3) == pytest.approx(2 / 3)  # 40 of 46 pictures are right
    assert np.isnan(protocol.per_class(said[:40], LABELS[:40], 3)[2])


def test_of_equal_pictures_the_training_one_takes_part() -> None:
    entries = [Entry("a", "cat", "test"), Entry("b", "cat", "train"), Entry("c", "dog", "train")]
    found = protocol.distinct(entries, ["same", "same", "other"])
    assert (found.numbers.tolist(), found.duplicates) == ([1, 2], {"a": "b"})
    split = protocol.fixed(entries, np.arange(3))
    assert split is not None
    assert (split.train.tolist(), split.test.tolist()) == ([1, 2], [0])
    assert protocol.fixed(entries, found.numbers) is None
    with pytest.raises(DatasetError, match="'cat' has test pictures"):
        protocol.fixed([entries[0], entries[2]], np.arange(2))


@pytest.mark.parametrize(
    ("labels", "words"), [(["cat", "cat"], "only the class 'cat'"), ([None, None], "no classes")]
)
def test_what_cannot_be_told_apart_is_refused(labels: list[str | None], words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        protocol.classes_of([Entry(str(i), one) for i, one in enumerate(labels)])


@pytest.mark.parametrize(
    ("channels", "cells", "windows"),
    [(64, 55, 11), (96, 55, 9), (128, 28, 8), (256, 27, 5), (512, 14, 4), (1024, 14, 2),
     (2048, 7, 2), (32, 9, 9), (9001, 7, 1)],
)  # fmt: skip
def test_a_grid_has_some_nine_thousand_values_and_enlarges_nothing(
    channels: int, cells: int, windows: int
) -> None:
    assert side(channels, cells) == windows


@pytest.mark.parametrize(("jump", "first", "cells", "pixels"), [(2, 0, 33, 65), (4, 3, 15, 64)])
def test_a_cell_belongs_to_the_window_in_which_its_centre_lies(
    jump: float, first: float, cells: int, pixels: int
) -> None:
    grid = Grid.over(Geometry(jump, 7, first), 90, cells, pixels)
    count = 10
    assert len(grid.starts) == count
    maps = np.random.default_rng(0).normal(size=(2, 3, cells, cells)).astype(np.float32)
    window = [int((first + jump * cell + 0.5) * count / pixels) for cell in range(cells)]
    means, most = np.zeros((2, 3, count, count)), np.zeros((2, 3, count, count))
    for i in range(count):
        for j in range(count):
            rows = [cell for cell in range(cells) if window[cell] == i]
            columns = [cell for cell in range(cells) if window[cell] == j]
            part = maps[:, :, rows][..., columns]
            means[:, :, i, j], most[:, :, i, j] = part.mean((2, 3)), part.max((2, 3))
    assert grid.average(maps) == pytest.approx(means.reshape(2, -1), abs=1e-6)
    assert grid.maximum(maps).tolist() == most.reshape(2, -1).astype(np.float32).tolist()


def test_where_every_window_is_a_cell_both_poolings_are_one() -> None:
    maps = np.arange(2 * 5 * 9, dtype=np.float32).reshape(2, 5, 3, 3)
    grid = Grid.over(Geometry(32, 65, 0), 5, 3, 65)
    assert list(grid.pooled(maps)) == ["average"]
    assert grid.average(maps).tolist() == grid.pooled(maps)["average"].tolist()


@pytest.mark.parametrize(
    ("channels", "cells", "poolings"),
    [(32, 129, ("maximum",)), (24, 65, ("average",)), (112, 17, ("average", "maximum"))],
)
def test_a_large_map_has_the_one_pooling_that_suits_its_windows(
    channels: int, cells: int, poolings: tuple[str, ...]
) -> None:
    assert Grid.over(Geometry(2, 7, 0), channels, cells, 2 * cells - 1).poolings == poolings

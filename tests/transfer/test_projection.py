"""Features in the plane: the principal one beside a full decomposition, and t-SNE as a job."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wsl_core import jobs
from wsl_core.errors import ParameterError
from wsl_core.transfer.adaptation.projection import principal_plane


def features(looks: int = 3, count: int = 40, width: int = 12) -> NDArray[np.float32]:
    """Three blobs that move apart, in coordinates that grow."""
    draw = np.random.default_rng(0)
    centres = draw.standard_normal((3, width))
    found = [
        (0.2 + look) * (centres[np.arange(count) % 3] * look + draw.standard_normal((count, width)))
        for look in range(looks)
    ]
    return np.stack(found).astype(np.float32)


def oracle(values: NDArray) -> NDArray:
    """Look by look, then all singular values."""
    rows = []
    for look in values.astype(np.float64):
        centred = look - look.mean(0)
        rows.append(centred / np.mean([np.linalg.norm(row) for row in centred]))
    axes = np.linalg.svd(np.concatenate(rows))[2][:2]
    axes = np.stack([axis * np.sign(axis[np.abs(axis).argmax()]) for axis in axes])
    return np.stack([look @ axes.T for look in rows])


@pytest.mark.parametrize("width", [2, 12, 300])
def test_the_plane_is_that_of_a_full_decomposition(width: int) -> None:
    values = features(width=width)
    points = principal_plane(values)
    assert points.dtype == np.float32
    np.testing.assert_allclose(points, oracle(values), atol=2e-3)


def test_neither_size_nor_place_of_a_look_changes_its_points() -> None:
    values = features()
    moved = values.copy()
    moved[1] = 7 * moved[1] + 3
    np.testing.assert_allclose(principal_plane(values), principal_plane(moved), atol=1e-3)


def test_a_gap_between_the_domains_stays_a_gap() -> None:
    draw = np.random.default_rng(0)
    domain = np.repeat([0, 1], 50)
    values = draw.standard_normal((2, 100, 8))
    values[..., 0] += 8 * domain
    points = principal_plane(values)
    gap = np.abs(points[:, domain == 0].mean(1) - points[:, domain == 1].mean(1))[:, 0]
    assert (gap > 6 * points[:, domain == 0, 0].std(1)).all()


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((0, 10, 4)), np.zeros((0, 0, 1)), np.ones((2, 5, 3)), np.zeros((1, 4, 1)),
        np.full((2, 5, 3), np.inf, np.float16),
    ],
)  # fmt: skip
def test_where_there_is_nothing_to_see_the_points_are_zero(values: NDArray) -> None:
    points = principal_plane(values)
    assert points.shape == (*values.shape[:2], 2)
    assert not points.any()


def test_one_number_a_value_lies_on_the_first_axis() -> None:
    points = principal_plane(np.array([[[0.0], [1.0], [2.0]]]))
    np.testing.assert_allclose(points, [[[-1.5, 0], [0, 0], [1.5, 0]]], atol=1e-6)


# t-SNE


@pytest.fixture
def layout() -> Iterator:
    from wsl_core.transfer.adaptation.projection_job import tsne

    def lay(values: NDArray) -> NDArray[np.float32]:
        *told, last = tsne(jobs.Task({}, {"features": values}))
        assert isinstance(told[0], jobs.Progress)
        assert isinstance(last, jobs.Result)
        return last.arrays["points"]

    return lay


def test_neighbours_stay_neighbours_and_the_picture_is_the_same_again(layout) -> None:
    values = features(count=60)[-1].astype(np.float16)
    points = layout(values)
    assert points.shape == (60, 2)
    assert points.dtype == np.float32
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    np.fill_diagonal(distances, np.inf)
    assert (distances.argmin(1) % 3 == np.arange(60) % 3).mean() > 0.9  # the blobs
    np.testing.assert_array_equal(layout(values), points)


def test_few_values_are_laid_out_and_none_are_refused(layout) -> None:
    assert np.isfinite(layout(np.eye(3, dtype=np.float32))).all()
    with pytest.raises(ParameterError, match=r"shape \(2, 4\).* at least 3"):
        layout(np.zeros((2, 4)))
    with pytest.raises(ParameterError, match="were given"):
        layout(np.zeros(4))


def test_the_name_of_the_job_leads_to_it() -> None:
    import importlib

    from wsl_core.transfer.adaptation import projection

    module, _, function = projection.TSNE.partition(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert Path(projection.__file__).parent == Path(importlib.import_module(module).__file__).parent

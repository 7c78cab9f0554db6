import itertools

import numpy as np
import pytest
import torch

from wsl_core.networks import Axis, Geometry, Placement

DEFAULT = Geometry(32, 851, 0)
HALF_PIXEL = Geometry(32, 212, 15.5)


def laid(
    geometry: Geometry,
    cells: tuple[int, int],
    fed: tuple[int, int],
    picture: tuple[int, int],
    mirrored: bool = False,
) -> Placement:
    return Placement.of(geometry, cells, fed, picture, mirrored)


def random_axes(count: int) -> list[Axis]:
    rng = np.random.default_rng(3)
    axes = []
    for _ in range(count):
        cells = int(rng.integers(1, 30))
        geometry = Geometry(float(rng.choice([8, 16, 32])), 99, float(rng.uniform(-3, 20)))
        fed = int(geometry.jump * (cells - 1) + 1 + rng.integers(0, 20))
        axes.append(Axis(geometry, cells, fed, int(rng.integers(1, 900)), bool(rng.integers(2))))
    return axes


def test_cells_and_pixels_are_inverse() -> None:
    geometry = Geometry(16, 196, 7.5)
    assert geometry.to_pixels([0, 1, 2]).tolist() == [7.5, 23.5, 39.5]
    assert geometry.to_cells(geometry.to_pixels([[0.25, 3], [5, 9.5]])) == pytest.approx(
        np.array([[0.25, 3], [5, 9.5]])
    )


def test_a_window_has_the_receptive_field_as_its_side() -> None:
    first, last = Geometry(16, 196, 7.5).window(2)
    assert (first, last) == (-58, 137)
    assert last - first + 1 == 196


@pytest.mark.parametrize("axis", random_axes(30), ids=str)
def test_weights_of_every_position_sum_to_one(axis: Axis) -> None:
    weights = axis.weights(np.linspace(-50, axis.picture_side + 50, 201))
    assert weights.shape == (201, axis.cells)
    assert weights.min() >= 0
    assert weights.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("axis", random_axes(30), ids=str)
def test_sampling_at_the_centres_returns_the_cells(axis: Axis) -> None:
    assert axis.weights(axis.centres()) == pytest.approx(np.eye(axis.cells), abs=1e-9)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_ramp_is_resampled_exactly_between_the_outer_centres(mirrored: bool) -> None:
    placement = laid(HALF_PIXEL, (5, 7), (160, 224), (331, 517), mirrored)
    ramp = 2.0 * placement.down.centres()[:, None] - 3.0 * placement.across.centres()[None]
    drawn = placement.resample(ramp, 331, 517)
    y, x = np.arange(331), np.arange(517)
    rows = (y >= placement.down.centres().min()) & (y <= placement.down.centres().max())
    columns = (x >= placement.across.centres().min()) & (x <= placement.across.centres().max())
    assert 0.7 < rows.mean() < 1  # the outer centres are inside the picture
    exact = 2.0 * y[:, None] - 3.0 * x[None]
    assert drawn[np.ix_(rows, columns)] == pytest.approx(exact[np.ix_(rows, columns)], abs=1e-2)


def test_beyond_the_outer_centres_the_outer_cell_is_kept() -> None:
    axis = Axis(HALF_PIXEL, 3, 96, 96)
    assert axis.weights([0, 15.5, 95]).tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize("seed", range(20))
def test_a_mirrored_placement_of_a_mirrored_map_is_the_upright_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = (int(n) for n in rng.integers(1, 12, 2))
    fed = (32 * (rows - 1) + 1, 32 * (columns - 1) + 1)
    picture = tuple(int(n) for n in rng.integers(20, 400, 2))
    values = rng.normal(size=(rows, columns)).astype(np.float32)
    upright = laid(DEFAULT, (rows, columns), fed, picture)
    mirrored = laid(DEFAULT, (rows, columns), fed, picture, mirrored=True)
    assert mirrored.resample(values[:, ::-1], 37, 53) == pytest.approx(
        upright.resample(values, 37, 53), abs=1e-5
    )


def test_off_the_symmetric_sides_the_mirrored_lattice_lies_elsewhere() -> None:
    axis = Axis(DEFAULT, 7, 224, 224, mirrored=True)
    assert axis.centres().tolist() == [223, 191, 159, 127, 95, 63, 31]


@pytest.mark.parametrize("cells", [(3, 5), (8, 15)])
def test_at_symmetric_sides_resampling_aligns_corners(cells: tuple[int, int]) -> None:
    values = np.random.default_rng(0).normal(size=(1, 2, *cells)).astype(np.float32)
    fed = (32 * (cells[0] - 1) + 1, 32 * (cells[1] - 1) + 1)
    expected = torch.nn.functional.interpolate(
        torch.from_numpy(values), size=fed, mode="bilinear", align_corners=True
    ).numpy()
    assert laid(DEFAULT, cells, fed, fed).resample(values, *fed) == pytest.approx(
        expected, abs=1e-5
    )


@pytest.mark.parametrize("cells", [(3, 5), (8, 15)])
def test_a_centre_of_15_5_is_half_pixel_resizing(cells: tuple[int, int]) -> None:
    values = np.random.default_rng(1).normal(size=(1, 2, *cells)).astype(np.float32)
    fed = (32 * cells[0], 32 * cells[1])
    expected = torch.nn.functional.interpolate(
        torch.from_numpy(values), size=fed, mode="bilinear", align_corners=False
    ).numpy()
    placed = laid(HALF_PIXEL, cells, fed, fed).resample(values, *fed)
    assert placed == pytest.approx(expected, abs=1e-5)


def test_an_impulse_lands_where_the_rule_says() -> None:
    values = np.zeros((14, 14), np.float32)
    values[5, 9] = 1
    drawn = laid(DEFAULT, (14, 14), (448, 448), (448, 448)).resample(values, 448, 448)
    assert np.unravel_index(drawn.argmax(), drawn.shape) == (160, 288)


def test_windows_and_squares_are_cut_at_the_border() -> None:
    placement = laid(Geometry(32, 65, 0), (4, 5), (97, 129), (97, 129))
    assert placement.window(0, 0) == (0, 0, 33, 33)
    assert placement.window(1, 2) == (32, 0, 97, 65)
    assert placement.window(3, 4) == (96, 64, 129, 97)
    assert placement.square(0, 0) == (0, 0, 16.5, 16.5)
    assert placement.square(1, 2) == (48.5, 16.5, 80.5, 48.5)


def test_the_squares_of_all_cells_tile_the_picture() -> None:
    placement = laid(DEFAULT, (4, 5), (97, 129), (300, 200), mirrored=True)
    squares = [placement.square(1, column) for column in range(5)]
    ordered = sorted((left, right) for left, _, right, _ in squares)
    assert ordered[0][0] == 0
    assert ordered[-1][1] == 200
    for (_, right), (left, _) in itertools.pairwise(ordered):
        assert right == pytest.approx(left)


def test_rows_and_columns_have_scales_of_their_own() -> None:
    placement = laid(DEFAULT, (3, 3), (65, 65), (130, 260))
    assert placement.centre(1, 1) == (129.5, 64.5)
    assert placement.centre(0, 0) == (1.5, 0.5)
    assert placement.centre(2, 0) == (1.5, 128.5)

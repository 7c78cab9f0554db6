"""Edges of photographs as drawings: seeded, dark lines where the picture changes, paper elsewhere."""

import numpy as np

from wsl_core.datasets.domains.generators.edge_drawings import edge_drawings


def square() -> np.ndarray:
    """(1, 96, 96, 3): a bright square on a dark ground, its edges at 24 and 72."""
    picture = np.full((1, 96, 96, 3), 40, np.uint8)
    picture[:, 24:72, 24:72] = 200
    return picture


def test_lines_lie_on_the_edges_and_nowhere_else() -> None:
    ink = 255 - edge_drawings(np.random.default_rng(0), square(), 5)[..., 0].astype(int)
    for one in ink:
        middle = one[40:56].mean(0)  # a strip across both upright edges
        assert middle[21:27].max() > 120
        assert middle[69:75].max() > 120
        assert middle[:15].max() == middle[32:64].max() == middle[81:].max() == 0
        assert np.array_equal(one > 100, one.T > 100) or abs(one - one.T).mean() < 8


def test_drawings_are_seeded_and_differ_in_detail() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (2, 64, 64, 3)).astype(np.uint8)
    first, again = (edge_drawings(np.random.default_rng(3), noise, 3) for _ in range(2))
    assert first.shape == (6, 64, 64, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first[0], first[2])  # the same photograph, another hand
    assert np.array_equal(first[..., 0], first[..., 2])  # grey


def test_the_darkest_picture_stays_empty_paper() -> None:
    assert (
        edge_drawings(np.random.default_rng(0), np.zeros((1, 64, 64, 3), np.uint8), 1) == 255
    ).all()

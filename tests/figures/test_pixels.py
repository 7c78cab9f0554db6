"""Figures of attributions of pixels: a scale that a few values pass, a backdrop that paint stands out of."""

import numpy as np

from wsl_core import figures
from wsl_core.figures import Scale, faded, overlay
from wsl_core.figures.colours import BEYOND
from wsl_core.images import Photo, gallery
from wsl_core.networks import Geometry, Placement


def test_the_scale_of_pixels_leaves_out_the_few_largest_and_says_how_many() -> None:
    values = np.random.default_rng(0).normal(size=(100, 200)).astype(np.float32)
    values[7, 9] = -1000
    scale = Scale.of_pixels([values])
    assert 2 < scale.limit < 4
    assert scale.beyond == (np.abs(values) > scale.limit).mean()
    assert abs(scale.beyond - BEYOND) < 1e-3
    assert figures.paint(values, scale)[7, 9, 3] == 1


def test_the_scale_of_pixels_is_shared_and_passes_over_what_is_not_finite() -> None:
    one, other = np.full((10, 10), 1, np.float32), np.full((10, 10), 5, np.float32)
    other[0, 0] = np.inf
    assert Scale.of_pixels([one, other]).limit == 5


def test_a_scale_of_sparse_pixels_or_of_none_is_still_a_scale() -> None:
    sparse = np.zeros((100, 100), np.float32)
    sparse[3, 4] = 2  # fewer than may lie beyond
    assert Scale.of_pixels([sparse]) == Scale(2)
    assert Scale.of_pixels([np.zeros((3, 3), np.float32)]).limit == 1


def test_a_faded_photograph_is_pale_grey_in_order_and_where_it_was() -> None:
    photo = gallery.load("cat")
    pale = faded(photo)
    assert (pale.width, pale.height, pale.pixels.shape) == (
        photo.width, photo.height, photo.pixels.shape,
    )  # fmt: skip
    assert (pale.pixels == pale.pixels[..., :1]).all()
    ramp = faded(Photo.from_array(np.arange(256, dtype=np.uint8)[None])).pixels[0, :, 0]
    assert ramp[0] >= 128
    assert ramp[-1] == 255
    assert (np.diff(ramp.astype(int)) >= 0).all()


def test_paint_on_single_pixels_is_seen_better_on_the_faded_photograph() -> None:
    photo = gallery.load("cat")
    height, width = photo.pixels.shape[:2]
    values = np.zeros((height, width), np.float32)
    values[::7, ::7] = 1
    placement = Placement.of(Geometry(1, 1, 0), values.shape, values.shape, values.shape)

    def colourfulness(backdrop: Photo) -> float:
        """Of painted pixels, beyond that of the rest."""
        picture = overlay(backdrop, values, placement, scale=Scale(1)).astype(float)
        spread = picture.max(axis=2) - picture.min(axis=2)
        return float(spread[values > 0].mean() - spread[values == 0].mean())

    assert colourfulness(faded(photo)) > 1.2 * colourfulness(photo)

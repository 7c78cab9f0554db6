"""A sheet for papers and notebooks: the photograph and its class maps beside each other, one colour bar."""

from typing import TYPE_CHECKING

import numpy as np

from wsl_core.figures.colours import Scale, palette
from wsl_core.figures.overlay import OPACITY, overlay
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAPER = 255.0


def sheet(
    photo: Photo, maps: ClassMaps, classes: list[str | int], *, opacity: float = OPACITY
) -> "Figure":
    """A matplotlib figure; `figure.savefig("sheet.pdf")` keeps it.

    Args:
        photo: the picture.
        maps: of the picture.
        classes: to show, in this order; all on the picture's scale, in logits.
        opacity: of the paint at the end of the scale, 0 to 1.

    Raises:
        ClassNameError: a class that is not there, or a name that several answer to.
        ParameterError: an opacity outside 0 to 1.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize
    from matplotlib.figure import Figure

    values = [maps.map(which) for which in classes]
    scale = Scale.of_picture(maps, classes)
    height = 3 * photo.height / photo.width
    figure = Figure(figsize=(3 * (len(classes) + 1) + 1, height + 0.6), layout="constrained")
    axes = figure.subplots(1, len(classes) + 1, squeeze=False)[0]
    axes[0].imshow(photo.pixels)
    axes[0].set_title(photo.name, fontsize="small", parse_math=False)
    for axis, which, one in zip(axes[1:], classes, values, strict=True):
        axis.imshow(overlay(photo, one, maps.placement, scale=scale, opacity=opacity))
        score = maps.score(which)
        axis.set_title(f"{score.name}: {score.score:.2f}", fontsize="small", parse_math=False)
    for axis in axes:
        axis.set_axis_off()
    colours = palette()
    on_paper = PAPER + colours[:, 3:] * opacity * (colours[:, :3] - PAPER)
    shown = ScalarMappable(Normalize(-scale.limit, scale.limit), ListedColormap(on_paper / 255))
    bar = figure.colorbar(shown, ax=list(axes), label="logits", ticks=np.array(scale.ticks()))
    bar.outline.set_visible(False)
    return figure

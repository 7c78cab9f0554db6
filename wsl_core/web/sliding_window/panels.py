"""The maps of the Sliding window page as panels of the canvas, each with its words."""

import numpy as np

from wsl_core.fcn.unconverted import Difference
from wsl_core.networks import ClassMaps
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.components.canvas import Panel
from wsl_core.web.pictures import Chosen
from wsl_core.web.sliding_window.shown import Slid


def window_panel(one: Slid, chosen: Chosen, pinned: tuple[int, int] | None) -> Panel:
    """The map over the photograph, the kept window framed."""
    return Panel(
        title=one.name,
        score=f"{one.values.size} windows",
        values=one.values,
        alt=window_words(one, chosen),
        box=one.window.placement.window(*pinned) if pinned else None,
    )


def window_words(one: Slid, chosen: Chosen) -> str:
    """What the map shows, in words and figures."""
    row, column = np.unravel_index(int(np.argmax(one.values)), one.values.shape)
    x, y = one.placement.centre(int(row), int(column))
    height, width = one.maps.picture_size
    return (
        f"{chosen.title} with the score of {one.name} in each of {one.values.size} windows of "
        f"{one.window.side} by {one.window.side} fed pixels. Highest {one.values.max():.2f} logits in the "
        f"window around {x:.0f} across, {y:.0f} down of {width} by {height} pixels; lowest "
        f"{one.values.min():.2f}."
    )


def difference_panel(found: Difference, name: str) -> Panel:
    """The crop's map minus that of the whole picture."""
    rows, columns = found.cells.shape
    return Panel(
        title=f"{name}: crop − whole",
        score=f"mean {signed(float(found.cells.mean()))}",
        values=found.cells,
        alt=(
            f"The crop with its map of {name} minus that of the whole picture, {rows} by {columns} cells: "
            f"from {found.cells.min():.2f} to {found.cells.max():.2f} logits."
        ),
    )


def transfer_panel(maps: ClassMaps, index: int, chosen: Chosen) -> Panel:
    """A class map of one of the two transfers."""
    one, values = maps.score(index), maps.map(index)
    height, width = maps.input_size
    x, y = maps.peak(index)
    return Panel(
        title=f"{width} × {height}",
        score=f"{signed(one.score)} logits, {one.probability:.1%}",
        values=values,
        alt=(
            f"{chosen.title} fed at {width} by {height} pixels, with the class activation map of "
            f"{one.name}: score {one.score:.2f} logits, highest {values.max():.2f} at {x:.0f} across, "
            f"{y:.0f} down."
        ),
    )

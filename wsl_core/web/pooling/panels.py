"""The maps of the Pooling page as panels of the canvas, all schemes on one scale, each with its words."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wsl_core.fcn.comparison import PooledClass, Reading
from wsl_core.figures import Scale
from wsl_core.networks import Placement
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.components.canvas import Panel
from wsl_core.web.pooling.view import CLASS_MAP, WEIGHT

# Equal shares at the end of the scale of weights; that of contributions is as many times the class map's.
SHARES = 2
DERIVED = "spleap"  # its class map is derived from what it pools
UNITS = {
    "class map": "logits, one scale for all schemes. Blue speaks against the class, red for it.",
    "weight": "times an equal share of all cells, one scale for all schemes. Average pooling gives 1 "
    "everywhere.",
    "contribution": "logits times the number of cells, one scale for all schemes: their mean is the score.",
}
MEASURES = {"class map": "logits", "weight": "equal shares", "contribution": "logits × cells"}


@dataclass(frozen=True, eq=False)
class Layer:
    """One of the three things that pooling gives, for all schemes.

    Attributes:
        name: "class map", "weight" or "contribution".
        values: by scheme, (rows, columns).
        scale: of all.
    """

    name: str
    values: dict[str, NDArray[np.float32]]
    scale: Scale

    @property
    def unit(self) -> str:
        """What the colours mean, and whether some cells lie beyond them."""
        more = ""
        if self.scale.beyond:
            more = " Cells beyond the end of the scale are painted as its end."
        return UNITS[self.name] + more


def values_of(one: PooledClass, layer: str) -> NDArray[np.float32]:
    """What a layer shows of a class."""
    if layer == CLASS_MAP:
        return one.class_map
    weight, contribution = one.in_shares
    return weight if layer == WEIGHT else contribution


def layer_of(shown: list[dict[str, PooledClass]], name: str) -> list[Layer]:
    """A layer of one or two classes, on one scale.

    Of weights and contributions the scale ends where half of the cells share the score evenly: the one
    cell of max pooling would leave all others without colour. SPLeaP's class map is made from its
    contributions, which lie in few cells, so it does not set the scale either.
    """
    values = [{scheme: values_of(one, name) for scheme, one in every.items()} for every in shown]
    limit = Scale.of(
        [one.class_map for every in shown for scheme, one in every.items() if scheme != DERIVED]
    ).limit
    if name != CLASS_MAP:
        limit = float(SHARES) if name == WEIGHT else SHARES * limit
    cells = np.concatenate([map_.ravel() for every in values for map_ in every.values()])
    scale = Scale(limit, beyond=float((np.abs(cells) > 1.001 * limit).mean()))
    return [Layer(name, every, scale) for every in values]


def panels(
    readings: dict[str, Reading],
    pooled: dict[str, PooledClass],
    layer: Layer,
    name: str,
    placement: Placement,
) -> list[Panel]:
    """One panel a scheme."""
    return [
        one_panel_of(readings[scheme].scheme.title, one, layer.name, name, placement)
        for scheme, one in pooled.items()
    ]


def words(title: str, one: PooledClass, name: str, layer: str, placement: Placement) -> str:
    """What a panel shows, in words and figures."""
    values = values_of(one, layer)
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    x, y = placement.centre(int(row), int(column))
    lowest = np.unravel_index(int(np.argmin(values)), values.shape)
    regions = ""
    if one.selects:
        regions = (
            f" Selected: {int(one.positive.sum())} cells h+ and {int(one.negative.sum())} cells h- of "
            f"{values.size}."
        )
    return (
        f"{title}, {layer} of {name}: score {one.score:.2f} logits. Highest {values.max():.2f} "
        f"{MEASURES[layer]} at {x:.0f} across, {y:.0f} down, row {row + 1}, column {column + 1}; lowest "
        f"{values.min():.2f} in row {lowest[0] + 1}, column {lowest[1] + 1}.{regions}"
    )


def one_panel(
    reading: Reading, one: PooledClass, name: str, placement: Placement, title: str = ""
) -> Panel:
    """The class map of one class, with the regions that a scheme selected."""
    return replace(
        one_panel_of(reading.scheme.title, one, CLASS_MAP, name, placement), title=title or name
    )


def one_panel_of(
    title: str, one: PooledClass, layer: str, name: str, placement: Placement
) -> Panel:
    """A layer of one class as a scheme or head of this title reads it."""
    return Panel(
        title=title,
        score=signed(one.score),
        values=values_of(one, layer),
        alt=words(title, one, name, layer, placement),
        selected=(one.positive, one.negative) if one.selects else None,
    )

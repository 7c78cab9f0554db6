"""Files that a visitor takes away from the Pooling page; each is made when it is asked for."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wsl_core import figures
from wsl_core.fcn.comparison import PooledClass, Reading
from wsl_core.figures.selection import outlined
from wsl_core.networks import Placement
from wsl_core.web.downloads import Download, csv_text, drawer
from wsl_core.web.pictures import Chosen
from wsl_core.web.pooling.panels import Layer

__all__ = ["drawer", "of_grid", "of_rankings", "of_schemes", "strip"]
GAP = 12  # pixels between two pictures of a strip
PAPER = 255


def strip(
    chosen: Chosen,
    placement: Placement,
    layer: Layer,
    pooled: Mapping[str, PooledClass],
    opacity: float,
) -> NDArray[np.uint8]:
    """The panels beside each other as one picture, regions outlined."""
    parts = []
    for scheme, one in pooled.items():
        picture = figures.overlay(
            chosen.photo, layer.values[scheme], placement, scale=layer.scale, opacity=opacity
        )
        if one.selects:
            picture = outlined(picture, chosen.photo, placement, one.positive, one.negative)
        parts += [picture, np.full((len(picture), GAP, 3), PAPER, np.uint8)]
    return np.concatenate(parts[:-1], axis=1)


def of_schemes(
    chosen: Chosen,
    placement: Placement,
    layer: Layer,
    readings: Mapping[str, Reading],
    pooled: Mapping[str, PooledClass],
    index: int,
    opacity: float,
) -> list[Download]:
    """The strip, the numbers behind it, and the rankings."""
    stem = f"{chosen.key or 'picture'}-pooling"
    return [
        (
            f"Strip: {layer.name} (PNG)",
            lambda: figures.png(strip(chosen, placement, layer, pooled, opacity)),
            f"{stem}.png",
            "image/png",
        ),
        ("Every cell (CSV)", lambda: cells_csv(pooled), f"{stem}-cells.csv", "text/csv"),
        of_rankings(chosen, readings, index),
    ]


def of_rankings(
    chosen: Chosen, readings: Mapping[str, Reading], index: int | None = None
) -> Download:
    """The first classes under every scheme."""
    return (
        "Rankings (CSV)",
        lambda: rankings_csv(readings, index),
        f"{chosen.key or 'picture'}-rankings.csv",
        "text/csv",
    )


def cells_csv(pooled: Mapping[str, PooledClass]) -> str:
    """A line a scheme and cell: row and column from 1."""
    return csv_text(
        ["scheme", "row", "column", "class_map", "weight", "contribution", "positive", "negative"],
        (
            [
                name,
                row + 1,
                column + 1,
                f"{one.class_map[row, column]:.6g}",
                f"{one.weight[row, column]:.6g}",
                f"{one.contribution[row, column]:.6g}",
                int(one.positive[row, column] and one.selects),
                int(one.negative[row, column] and one.selects),
            ]
            for name, one in pooled.items()
            for row, column in np.ndindex(one.weight.shape)
        ),
    )


def rankings_csv(readings: Mapping[str, Reading], index: int | None = None, count: int = 20) -> str:
    """A line a scheme and rank; the class that is shown is there wherever it stands."""
    rows = []
    for name, reading in readings.items():
        rows += [
            [name, one.rank, one.index, one.name, f"{one.score:.6g}"]
            for one in reading.ranking(count)
        ]
        if index is not None and reading.rank(index) > count:
            title, score = reading.classes.titles[index], float(reading.scores[index])
            rows.append([name, reading.rank(index), index, title, f"{score:.6g}"])
    return csv_text(["scheme", "rank", "index", "name", "score_logits"], rows)


def of_grid(values: NDArray[np.float32], pooled: Mapping[str, PooledClass]) -> list[Download]:
    """The numbers of a map under every scheme."""
    return [("Every cell (CSV)", lambda: cells_csv(pooled), "map-pooling.csv", "text/csv")]

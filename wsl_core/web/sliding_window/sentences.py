"""What the Sliding window page says: sentences and tables, made from numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from wsl_core import networks
from wsl_core.fcn.sliding_window import Costs, SlidingWindow
from wsl_core.fcn.unconverted import Difference, Transfers
from wsl_core.figures.objects import ObjectSet
from wsl_core.networks import ClassScore
from wsl_core.networks.layers import Layers, multiply_accumulates, parameters
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.sliding_window.shown import Slid


def window_sentence(one: Slid) -> str:
    """How many windows there are and what they cost."""
    rows, columns = one.values.shape
    height, width = one.window.input_size
    side, cells, factor = one.window.side, one.window.cells, one.factor
    passes = f"{factor**2} passes" if factor > 1 else "one pass"
    score = f"a window's score is the mean of the {cells} × {cells} cells that lie in it"
    if factor > 1:
        which = {2: "every other one", 4: "every fourth"}[factor]
        score = f"a window's score is the mean of {cells} × {cells} cells in it, {which}"
    if cells == 1:
        score = "a window's score is one cell"
    return (
        f"The picture is fed at {width} × {height} px. A window of {side} × {side} px, moved by "
        f"{one.placement.down.geometry.jump:g} px, has {rows} × {columns} = {one.values.size} places on "
        f"it, and {passes} of the network over the whole picture gave all of them: {score}."
    )


def window_table(one: Slid) -> dict[str, list[float]]:
    """Scores of all windows, column by column; rows and columns counted from 1."""
    values = one.values.astype(np.float64).round(2)
    columns = {str(c + 1): values[:, c].tolist() for c in range(values.shape[1])}
    return {"row": list(range(1, len(values) + 1))} | columns


def beside(alone: Sequence[ClassScore], dense: Sequence[ClassScore]) -> list[list[str]]:
    """Two rankings as the rows of a table."""
    return [
        [str(rank), *(f"{one.name}, {one.score:.2f} ({one.probability:.0%})" for one in pair)]
        for rank, pair in enumerate(zip(alone, dense, strict=False), 1)
    ]


def difference_sentence(found: Difference, name: str, side: int, field: float) -> str:
    """Why a crop and the same window of the whole picture do not score the same.

    Args:
        found: the difference.
        name: of the class.
        side: of the window, in pixels.
        field: side of what a cell sees, in pixels.
    """
    parts = [
        f"For **{name}** the crop alone scores {signed(found.naive)}, the same window of the whole "
        f"picture {signed(found.dense)}: a difference of **{signed(found.value)} logits**. Around the "
        f"crop every padded layer sees zeros, where the whole picture goes on.",
        zeros_sentence(found, side, field),
    ]
    if found.centre is not None:
        parts.append(
            f"The two maps differ by {found.ring:.2f} logits on average in the outermost ring of cells, "
            f"and by {found.centre:.2f} in the cells inside."
        )
    if abs(found.head) > 0.005:
        parts.append(f"{signed(found.head)} of it are the head's, which is not linear.")
    return " ".join(parts)


def zeros_sentence(found: Difference, side: int, field: float) -> str:
    """Which cells of the crop the zeros around it reach, by what each cell sees."""
    reached, least = int((found.beyond > 0).sum()), float(found.beyond.min())
    sees = f"A cell sees {field:.0f} px across, the crop has {side}"
    if found.beyond.size == 1:
        return f"{sees}: of what its one cell sees, {least:.0%} lies outside."
    if reached < found.beyond.size:
        return (
            f"{sees}: the zeros reach {reached} of its {found.beyond.size} cells, those near the border; "
            f"the others see nothing of them."
        )
    share, most = f"{least:.0%}", f"{float(found.beyond.max()):.0%}"
    share = share if share == most else f"{share} to {most}"
    return (
        f"{sees}: the zeros reach every one of its {reached} cells, not only those at the border, and make "
        f"up {share} of what a cell sees."
    )


def transfer_sentence(both: Transfers) -> str:
    """What resizing does to this picture."""
    height, width = both.squeezed.input_size
    rows, columns = both.squeezed.cells
    kept_rows, kept_columns = both.kept.cells
    stretch = both.stretch
    shape = "keeps its proportions"
    if abs(stretch - 1) > 0.01:
        how = "narrower" if stretch < 1 else "wider"
        shape = f"becomes {max(stretch, 1 / stretch):.2f} times {how}"
    larger = ""
    if kept_rows * kept_columns > rows * columns:
        larger = (
            " The two scores need not agree: in the larger picture everything covers more cells, and "
            "looks larger to the network."
        )
    return (
        f"Resized to {width} × {height}, everything in this picture {shape}, and {rows} × {columns} cells "
        f"are all that is left to say where. Fed at its own proportions it gives {kept_rows} × "
        f"{kept_columns} cells from the same weights.{larger}"
    )


def guess_question(window: SlidingWindow) -> str:
    """What is to be guessed before anything is counted."""
    height, width = window.input_size
    return (
        f"The picture is fed at {width} × {height} px, and a window of {window.side} × {window.side} px, "
        f"moved by {window.jump} px, has **{window.count} places** on it. Classifying them one by one "
        f"costs how many times the work of looking at the whole picture once?"
    )


def guess_sentence(guess: int, costs: Costs, window: SlidingWindow) -> str:
    """How a guess compares with what is counted, and why."""
    height, width = window.input_size
    area = window.count * window.side**2 / (height * width)
    ratio, off = costs.ratio, max(guess / costs.ratio, costs.ratio / guess)
    close = ": close" if off < 1.6 else ""
    return (
        f"You said {guess} times; here it is {ratio:.1f}{close}. There are {costs.windows} windows, but "
        f"each is only a part of the picture: together they have {area:.1f} times its pixels. What "
        f"overlapping windows share, one pass computes once; window by window it is computed anew each "
        f"time."
    )


def costs_sentence(costs: Costs, window: SlidingWindow) -> str:
    """What counting the work says before anything is timed."""
    return (
        f"**Counted**: one window costs {_giga(costs.one_window)} multiply-accumulates, so all "
        f"{costs.windows} one by one cost {_giga(costs.naive)}. The whole picture at once costs "
        f"{_giga(costs.dense)}: **{costs.ratio:.1f} times less**. Neighbouring windows of {window.side} px, "
        f"{window.jump} px apart, have most of their work in common."
    )


def _giga(count: int) -> str:
    return f"{count / 1e9:,.2f} G" if count >= 1e8 else f"{count / 1e6:,.1f} M"


def race_rows(facts: dict[str, Any]) -> list[list[str]]:
    """Both ways of a finished race, line by line."""
    return [
        ["window by window", f"{facts['naive_s']:.2f} s", f"{facts['windows']} windows"],
        ["the whole picture at once", f"{facts['dense_s']:.3f} s", "1 picture"],
    ]


def race_sentence(facts: dict[str, Any], config: dict[str, Any]) -> str:
    """What a finished race showed."""
    return (
        f"**Measured** with {networks.card(config['network']).title} at the size {config['size']}: the "
        f"whole picture at once is **{facts['speedup']:.1f} times faster**; counting promised "
        f"{facts['mac_ratio']:.1f}. The scores of the two ways differ by {facts['mean_difference']:.2f} "
        f"logits on average and by {facts['largest_difference']:.2f} at most, since a crop is padded with "
        f"zeros where the whole picture goes on."
    )


def measured_sentence(row: dict[str, str]) -> str:
    """What the result file was measured on."""
    return (
        f"**Measured before**, on {row['date']} with {networks.card(row['network']).title}, all 1,000 "
        f"classes in {row['windows']} windows of a picture of {row['side']} × {row['side']} px; counting "
        f"promised {float(row['mac_ratio']):.1f}. By `python -m benchmarks.sliding_window`."
    )


def measured_rows(rows: Sequence[dict[str, str]]) -> list[list[str]]:
    """The contestants of the result file, as it has them."""
    return [
        [row["contestant"], f"{float(row['milliseconds']):,.0f}", f"{float(row['over_dense']):.1f}"]
        for row in rows
    ]


def layer_rows(layers: Layers, side: int) -> list[list[str]]:
    """The layers that were published as fully connected, as convolutions.

    Args:
        layers: of a network.
        side: of an input, in pixels, for which cells and work are counted.

    Returns:
        three cells a layer: as published, as a convolution, and what it costs. Few, for a phone.
    """
    return [
        [
            f"{layer.name}: {' → '.join(f'{n:,}' for n in reversed(layer.published_shape))}",
            f"{layer.shape[0]:,} filters of {layer.shape[2]} × {layer.shape[3]} × {layer.shape[1]:,}",
            f"{layer.parameters:,} parameters, {_giga(layer.multiply_accumulates(side, side))} MAC for "
            f"{layer.cells(side)} × {layer.cells(side)} cells",
        ]
        for layer in layers
        if layer.published_shape is not None and len(layer.shape) == 4
    ]


def layers_sentence(layers: Layers, side: int) -> str:
    """The whole network in one sentence."""
    converted = [layer for layer in layers if layer.published_shape is not None]
    share = parameters(converted) / parameters(layers)
    return (
        f"The network has {parameters(layers):,} parameters; {share:.0%} of them are in the "
        f"{len(converted)} layers below, and none changes: each row of a weight matrix is reshaped to a "
        f"filter. At {side} × {side} px one pass costs {_giga(multiply_accumulates(layers, side, side))} "
        f"multiply-accumulates."
    )


def object_table(sets: Sequence[ObjectSet]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of what was measured, one set of pictures a column."""
    facts = {
        "pictures": [f"{one.pictures:,}" for one in sets],
        "boxes": [f"{one.boxes:,}" for one in sets],
        "objects a picture": [f"{one.objects:.1f}" for one in sets],
        "median area of a box": [f"{one.area:.0%}" for one in sets],
        "median distance from the centre": [f"{one.offset:.2f}" for one in sets],
        "boxes that hold the centre": [f"{one.holds_centre:.0%}" for one in sets],
        "where the boxes are from": [one.source for one in sets],
    }
    return ["set", *(one.name for one in sets)], [[name, *all_] for name, all_ in facts.items()]

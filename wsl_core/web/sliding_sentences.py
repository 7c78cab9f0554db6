"""What the Sliding window page says: sentences, tables and lines of Python, made from numbers."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from wsl_core import networks
from wsl_core.fcn import sliding_window
from wsl_core.fcn.sliding_window import Costs, SlidingWindow
from wsl_core.fcn.unconverted import Difference, Transfers
from wsl_core.figures.objects import ObjectSet
from wsl_core.networks import ClassScore
from wsl_core.networks.layers import Layers, multiply_accumulates, parameters
from wsl_core.web.activation_maps import signed
from wsl_core.web.pictures import LONGEST_SIDE, Chosen
from wsl_core.web.sliding_window import Slid, SlidingWindowView


def window_sentence(one: Slid) -> str:
    """How many windows there are and what they cost."""
    rows, columns = one.values.shape
    passes = f"{one.factor**2} passes" if one.factor > 1 else "one pass"
    height, width = one.window.input_size
    stride = one.placement.down.geometry.jump
    return (
        f"The picture is fed at {width} × {height} px. A window of {one.window.side} × {one.window.side} "
        f"px, moved by {stride:g} px, has {rows} × {columns} = {one.values.size} places on it, and "
        f"{passes} of the network over the whole picture gave all of them: a window's score is the mean "
        f"of the {one.window.cells} × {one.window.cells} cells that lie in it."
        if one.window.cells > 1
        else f"The picture is fed at {width} × {height} px. A window of {one.window.side} × "
        f"{one.window.side} px, moved by {stride:g} px, has {rows} × {columns} = {one.values.size} places "
        f"on it, and {passes} of the network over the whole picture gave all of them, one cell each."
    )


def window_table(one: Slid) -> dict[str, list[float]]:
    """Scores of all windows, column by column; rows and columns counted from 1."""
    values = one.values.astype(np.float64).round(2)
    columns = {str(c + 1): values[:, c].tolist() for c in range(values.shape[1])}
    return {"row": list(range(1, len(values) + 1))} | columns


def dense_top(one: Slid, row: int, column: int, count: int = 5) -> list[ClassScore]:
    """The likeliest classes of a window, from the pass over the whole picture."""
    scores = sliding_window.dense(one.maps, one.window)[:, row, column].astype(np.float64)
    powers = np.exp(scores - scores.max())
    chances = powers / powers.sum()
    titles = one.maps.classes.titles
    return [
        ClassScore(int(i), titles[i], float(scores[i]), float(chances[i]))
        for i in np.argsort(-scores)[:count]
    ]


def beside(alone: Sequence[ClassScore], dense: Sequence[ClassScore]) -> list[list[str]]:
    """Two rankings as the rows of a table."""
    return [
        [str(rank), *(f"{one.name}, {one.score:.2f} ({one.probability:.0%})" for one in pair)]
        for rank, pair in enumerate(zip(alone, dense, strict=False), 1)
    ]


def difference_sentence(found: Difference, name: str) -> str:
    """Why a crop and the same window of the whole picture do not score the same."""
    parts = [
        f"For **{name}** the crop alone scores {signed(found.naive)}, the same window of the whole "
        f"picture {signed(found.dense)}: a difference of **{signed(found.value)} logits**. Around the "
        f"crop every padded layer puts zeros, where the whole picture goes on; a cell at the crop's "
        f"corner looks at {float(found.beyond.max()):.0%} outside of it."
    ]
    if found.centre is not None:
        parts.append(
            f"The two maps differ by {found.ring:.2f} logits on average in the outermost ring of cells, "
            f"and by {found.centre:.2f} in the cells inside."
        )
    if abs(found.head) > 0.005:
        parts.append(f"{signed(found.head)} of it are the head's, which is not linear.")
    return " ".join(parts)


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
    return (
        f"Resized to {width} × {height}, everything in this picture {shape}, and {rows} × {columns} cells "
        f"are all that is left to say where. Fed at its own proportions it gives {kept_rows} × "
        f"{kept_columns} cells from the same weights."
    )


def window_in_python(
    view: SlidingWindowView, chosen: Chosen, index: int, place: tuple[int, int]
) -> str:
    """The lines that give the figures of the window."""
    finer = "" if view.finer == 1 else f", finer by {view.finer}"
    lines = [
        "from wsl_core import images, networks",
        "from wsl_core.fcn import sliding_window, unconverted",
        "from wsl_core.fcn.shift_and_stitch import shift_and_stitch" if finer else "",
        "",
        *_looked(view, chosen),
        f"window = sliding_window.SlidingWindow.of(network, photo, {view.size!r})",
        f"scores = sliding_window.dense(maps, window, {index})",
        "print(window.count, scores.max())",
        f"row, column = {place[0]}, {place[1]}",
        "crop = unconverted.crop(photo, window, row, column)",
        "print(unconverted.classify(network, crop), scores[row, column])",
        f"found = unconverted.difference(network, photo, maps, window, row, column, {index})",
        "print(found.value, found.ring, found.centre)",
        f"maps = shift_and_stitch(network, photo, {view.size!r}, {view.finer})" if finer else "",
    ]
    return "\n".join(line for i, line in enumerate(lines) if line or i == 3)


def transfer_in_python(view: SlidingWindowView, chosen: Chosen, index: int) -> str:
    """The lines that give the figures of both transfers."""
    return "\n".join(
        [
            "from wsl_core import images, networks",
            "from wsl_core.fcn import unconverted",
            "",
            *_looked(view, chosen)[:2],
            f"both = unconverted.transfers(network, photo, {view.size!r})",
            f"print(both.squeezed.score({index}), both.kept.score({index}), both.stretch)",
        ]
    )


def _looked(view: SlidingWindowView, chosen: Chosen) -> list[str]:
    picture = (
        f'photo = images.gallery.load("{chosen.key}")'
        if chosen.key
        else f"photo = images.read({json.dumps(chosen.photo.name, ensure_ascii=False)}, "
        f"longest_side={LONGEST_SIDE})"
    )
    return [
        picture,
        f'network = networks.load("{view.network}")',
        f"maps = network.class_maps(photo, {view.size!r})",
    ]


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
        ["one window after the other", f"{facts['naive_s']:.2f} s", f"{facts['windows']} passes"],
        ["the whole picture at once", f"{facts['dense_s']:.3f} s", "1 pass"],
    ]


def race_sentence(facts: dict[str, Any], config: dict[str, Any]) -> str:
    """What a finished race showed."""
    return (
        f"**Measured** with {networks.card(config['network']).title} at the size {config['size']}: the "
        f"whole picture at once is **{facts['speedup']:.1f} times faster**; counting promised "
        f"{facts['mac_ratio']:.1f}. The scores of the two ways differ by {facts['mean_difference']:.2f} "
        f"logits on average and by {facts['largest_difference']:.2f} at most: the padding at the crops' "
        f"borders."
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


def race_in_python(view: SlidingWindowView, chosen: Chosen) -> str:
    """The lines that run the race."""
    return "\n".join(
        [
            "from wsl_core import images, jobs",
            "from wsl_core.fcn import sliding_window",
            "",
            *_looked(view, chosen)[:1],
            f'config = {{"network": "{view.network}", "size": {view.size!r}}}',
            'for event in jobs.run(sliding_window.JOB, config, {"picture": photo.pixels}):',
            "    print(event.facts if isinstance(event, jobs.Result) else event.doing)",
        ]
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

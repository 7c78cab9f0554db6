"""The lines of Python that do what the parts of the Sliding window page show; a test runs them."""

import json
from collections.abc import Sequence

from wsl_core.web.pictures import LONGEST_SIDE, Chosen
from wsl_core.web.sliding_window.shown import SlidingWindowView


def window(view: SlidingWindowView, chosen: Chosen, index: int, place: tuple[int, int]) -> str:
    """The lines that give the figures of the window."""
    finer = view.finer > 1
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
        f"finer = shift_and_stitch(network, photo, {view.size!r}, {view.finer})" if finer else "",
        f"print(sliding_window.dense(finer, window.finer({view.finer}), {index}).max())"
        if finer
        else "",
    ]
    return "\n".join(line for i, line in enumerate(lines) if line or i == 3)


def transfer(view: SlidingWindowView, chosen: Chosen, index: int) -> str:
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


def objects() -> str:
    """The lines that read what was measured, and draw it."""
    return "\n".join(
        [
            "import csv",
            "from wsl_core.figures import objects",
            "",
            'with open("benchmarks/results/objects.csv", newline="") as file:',
            "    sets = objects.sets(list(csv.DictReader(file)))",
            "for one in sets:",
            '    print(one.name, one.pictures, f"{one.area:.2f}", f"{one.offset:.2f}")',
            '    open(f"{one.name}.png", "wb").write(objects.coverage(one))',
        ]
    )


def layers(names: Sequence[str]) -> str:
    """The lines that count the layers; they need no weights."""
    return "\n".join(
        [
            "from wsl_core import networks",
            "from wsl_core.networks import layers",
            "",
            f"for name in {list(names)!r}:",
            "    card, found = networks.card(name), layers.of(name)",
            "    side = card.sides.nearest(card.training_side)",
            "    print(name, layers.parameters(found), layers.multiply_accumulates(found, side, side))",
            "    for layer in found:",
            "        if layer.published_shape is not None:",
            "            print(layer.name, layer.published_shape, layer.shape, layer.cells(side))",
        ]
    )


def race(view: SlidingWindowView, chosen: Chosen) -> str:
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

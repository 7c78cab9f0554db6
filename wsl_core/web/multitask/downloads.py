"""Files that a visitor takes away from the Multitask page; each is made when it is asked for."""

import json
import re
from collections.abc import Sequence

from wsl_core.transfer.multitask.results import Comparison, summarised
from wsl_core.web.downloads import Download, csv_text, drawer
from wsl_core.web.multitask import figures as drawn
from wsl_core.web.multitask.finished import Seen

__all__ = ["drawer", "of"]
DRAWN = re.compile(r'<svg (viewBox="0 0 ([\d.]+) ([\d.]+)").*?</svg>', re.DOTALL)
FONT = "font-family:sans-serif;color:#222;background:#fff"


def of(seen: Seen) -> list[Download]:
    """All figures of the comparisons as JSON, curves as CSV, layers as a drawing."""
    found = seen.comparisons
    return [
        ("Figures (JSON)", lambda: as_json(found), f"{seen.name}.json", "application/json"),
        ("Curves (CSV)", lambda: curves_csv(found), f"{seen.name}-curves.csv", "text/csv"),
        ("Layers (SVG)", lambda: layers_svg(seen), f"{seen.name}-layers.svg", "image/svg+xml"),
    ]


def as_json(found: Sequence[Comparison]) -> str:
    """The summary over the seeds, and every comparison."""
    told = {
        "summary": summarised(found).to_json(),
        "comparisons": [one.to_json() for one in found],
    }
    return json.dumps(told, indent=1)


def curves_csv(found: Sequence[Comparison]) -> str:
    """A line a figure and look; rates are fractions."""
    return csv_text(
        ["seed", "training", "step", "figure", "value"],
        (
            [one.parameters.seed, name, step, figure, f"{value:.6g}"]
            for one in found
            for name, training in one.trainings.items()
            for step, figures in training.looks
            for figure, value in figures.items()
        ),
    )


def layers_svg(seen: Seen) -> str:
    """The diagram, black on white."""
    figure = drawn.diagram(seen.card, seen.comparisons[0].parameters, seen.comparisons)
    found = DRAWN.search(figure)
    assert found is not None
    size = f'xmlns="http://www.w3.org/2000/svg" width="{found[2]}" height="{found[3]}" {found[1]}'
    inner = found[0].partition(">")[2]
    return f'<svg {size} style="{FONT}">{inner}'

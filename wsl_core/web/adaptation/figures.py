"""Curves, diagram and scatter of runs, from their figures: what the page and its downloads draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.figures import adaptation_diagram
from wsl_core.figures.curves import Level, Line, chart
from wsl_core.figures.ink import CLASSES, SERIES
from wsl_core.figures.ink import DOMAINS as DOMAIN_COLOURS
from wsl_core.figures.scatter import Limits, scatter
from wsl_core.transfer.adaptation import METHODS
from wsl_core.web.adaptation.projection import Points, apart
from wsl_core.web.adaptation.runs import (
    SOURCE_ACCURACY,
    TARGET_ACCURACY,
    Baselines,
    Seen,
)
from wsl_core.web.adaptation.view import AS_TRAINED

SEEN_ONLY = "seen by the evaluation only"
DOMAINS = ("source", "target")
ON_SOURCE, ADVERSARIAL = "training on the source", "training the target's encoder"
SMOOTH = 0.04  # of the training: over so long a window noisy figures are averaged
PERCENT = "%"
LOSSES = {
    "loss": "label loss", "domain_loss": "domain loss", "teacher_loss": "loss on the teacher's names",
    "latent_loss": "latent adversary", "translated_loss": "picture adversaries",
    "identity_loss": "reconstruction", "cycle_loss": "cycle", "translated_label_loss": "translated labels",
}  # fmt: skip
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Chart:
    """A chart as it is drawn: its lines, and what `curves.chart` takes besides."""

    lines: list[Line]
    title: str
    options: dict[str, Any]

    def html(self) -> str:
        """As `curves.chart` draws it."""
        return chart(self.lines, self.title, **self.options)


def charts(
    runs: Sequence[Seen], look: int | None, base: Baselines | None, until: int | None = None
) -> list[Chart]:
    """All charts of one run, or of several in the same charts.

    Args:
        runs: the first is the one whose look is marked.
        look: that is marked; None for none.
        base: drawn across the accuracies.
        until: last step of the axis, while a training goes on.
    """
    marked = None if look is None or not runs else float(runs[0].step(look))
    common = {"at": marked, "until": until}
    levels = []
    if base is not None:
        levels = [
            Level(base.source_only, "target, source only"),
            Level(base.centred, "target, source only, centred"),
        ]
    found = [Chart(_accuracies(runs), "Accuracy", {"unit": PERCENT, "levels": levels} | common)]
    if lines := _lines(runs, "domain_accuracy", "in the training", smooth=True):
        chance = {"unit": PERCENT, "levels": (Level(0.5, "it cannot tell"),)}
        found.append(Chart(lines, "Domain classifier is right", chance | common))
    if lines := _lines(runs, "lambda", "lambda"):
        found.append(Chart(lines, "Lambda", {"low": 0.0} | common))
    found.append(Chart(_losses(runs), "Losses", {"logarithmic": True} | common))
    distances = [
        _line(*one.of_looks("proxy_distance"), _colour(place), _named(runs, one, "distance"))
        for place, one in enumerate(runs)
    ]
    ends = {"low": 0.0, "high": 2.0, "levels": (Level(2.0, "always told apart"),)}
    found.append(Chart(distances, "Proxy A-distance, by a fresh classifier", ends | common))
    return found


def _accuracies(runs: Sequence[Seen]) -> list[Line]:
    lines: list[Line] = []
    for place, one in enumerate(runs):
        held_out = one.of_looks(SOURCE_ACCURACY)
        source = held_out if len(held_out[0]) else smoothed(*one.curve("source_accuracy"))
        lines += [
            _line(*source, _colour(2 * place), _named(runs, one, "source")),
            _line(
                *one.of_looks(TARGET_ACCURACY), _colour(2 * place + 1),
                _named(runs, one, f"target, {SEEN_ONLY}"), dashed=True,
            ),
        ]  # fmt: skip
    return lines


def _losses(runs: Sequence[Seen]) -> list[Line]:
    """All losses of one run; of several those that they share."""
    lines: list[Line] = []
    for one in runs:
        for name, title in LOSSES.items():
            steps, values = smoothed(*one.curve(name))
            if len(steps) and (len(runs) == 1 or name in ("loss", "domain_loss")):
                lines.append(_line(steps, values, _colour(len(lines)), _named(runs, one, title)))
    return lines


def _lines(runs: Sequence[Seen], name: str, title: str, *, smooth: bool = False) -> list[Line]:
    """A figure of the training, a line a run that has it."""
    lines = []
    for place, one in enumerate(runs):
        steps, values = one.curve(name)
        if len(steps):
            steps, values = smoothed(steps, values) if smooth else (steps, values)
            lines.append(_line(steps, values, _colour(place), _named(runs, one, title)))
    return lines


def _line(steps: Values, values: Values, colour: str, name: str, *, dashed: bool = False) -> Line:
    return Line(name, steps.tolist(), values.tolist(), dashed=dashed, colour=colour)


def _colour(place: int) -> str:
    return SERIES[place % len(SERIES)]


def _named(runs: Sequence[Seen], one: Seen, what: str) -> str:
    """A line's name; with the run's where there are several."""
    return what if len(runs) == 1 else f"{one.title(runs)}: {what}"


def smoothed(steps: Values, values: Values) -> tuple[Values, Values]:
    """Means over a window that ends at each step, `SMOOTH` of the training long."""
    if len(steps) < 3:
        return steps, values
    first = np.searchsorted(steps, steps - SMOOTH * (steps[-1] - steps[0]))
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.arange(1, len(steps) + 1)
    return steps, (total[last] - total[first]) / (last - first)


def diagram(seen: Seen, step: int, weight: str | float = AS_TRAINED) -> str:
    """HTML of the parts of the network, what each wants, and the gradients at a step.

    Args:
        seen: the run.
        step: at which; what was measured last before it is drawn.
        weight: lambda in place of the run's own; "as trained" for that.
    """
    method, told = METHODS[seen.run.parameters.method], seen.told(step)
    reverses = "gradient_reversed" in told
    return adaptation_diagram.diagram(
        method.name,
        told,
        step=step,
        wants=method.parts,
        lambda_=float(weight) if reverses and weight != AS_TRAINED else None,
        doing=ADVERSARIAL if "gradient_domain_classifier" in told else ON_SOURCE,
        largest=adaptation_diagram.largest_norm(figures for _, figures in seen.run.curve),
    )


def projected(
    seen: Seen, look: int, found: tuple[Points, Limits], colour: str, how: str = "PCA"
) -> str:
    """HTML of the features of both domains in the plane of PCA or t-SNE."""
    points, limits = found
    run = seen.run
    by_class = colour == "class"
    groups = run.labels if by_class else run.domains.astype(np.int64)
    names = run.classes if by_class else DOMAINS
    counts = [int((run.domains == number).sum()) for number in (0, 1)]
    alt = (
        f"Features of {counts[0]} source and {counts[1]} target pictures in the plane of {how} at step "
        f"{seen.step(look):,}, coloured by {colour}. The domains' means lie "
        f"{apart(points, run.domains):.2f} spreads of a domain apart."
    )
    return scatter(
        points,
        groups,
        names,
        marks=run.domains,
        limits=limits,
        colours=CLASSES if by_class else DOMAIN_COLOURS,
        alt=alt,
    )

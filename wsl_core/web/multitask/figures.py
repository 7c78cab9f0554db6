"""Curves, layers and changes of multitask comparisons: what the page and its downloads draw."""

from collections.abc import Sequence

import numpy as np

from wsl_core.figures.curves import Level, Line, chart
from wsl_core.figures.ink import SERIES
from wsl_core.transfer.multitask import TaskSetCard
from wsl_core.transfer.multitask.architecture import Size, matched, network_size, separate_size
from wsl_core.transfer.multitask.parameters import MultitaskParameters
from wsl_core.transfer.multitask.results import Comparison, Estimate, Summary, Training
from wsl_core.transfer.multitask.task_sets import BLOCKS
from wsl_core.web.multitask import sentences as words
from wsl_core.web.multitask.intervals import Change, intervals
from wsl_core.web.multitask.layers import layers

COSINE = SERIES[2]


def mean(trainings: Sequence[Training], name: str) -> tuple[list[int], list[float]]:
    """Steps, and the mean over the trainings of a figure where all have told it."""
    told = [dict(zip(*one.curve(name), strict=True)) for one in trainings]
    steps = [step for step in told[0] if all(step in one for one in told)] if told else []
    return steps, [float(np.mean([one[step] for one in told])) for step in steps]


def charts(card: TaskSetCard, found: Sequence[Comparison], until: int | None = None) -> list[str]:
    """Rate and loss of each task, alone and together, and the cosine of their gradients; means over seeds.

    Args:
        card: of the task set.
        found: one a seed, finished or not.
        until: last step of the axis, while a training goes on.
    """
    drawn = []
    for place, task in enumerate(card.tasks):
        lines = _both(found, task.name, "rate", SERIES[place])
        drawn.append(chart(lines, f"{task.title}: held-out {task.measure}", unit="%", until=until))
    for place, task in enumerate(card.tasks):
        lines = _both(found, task.name, "loss", SERIES[place])
        title = f"{task.title}: loss on training pictures"
        drawn.append(chart(lines, title, logarithmic=True, until=until))
    together = [one.together for one in found]
    steps, values = mean(together, "cosine")
    if steps:
        lines = [Line("all shared blocks", steps, values, colour=COSINE)]
        for block in range(1, BLOCKS + 1):
            own = mean(together, f"cosine_{block}")
            if own[0] and found[0].parameters.shared > 1:
                lines.append(
                    Line(f"block {block}", *own, faded=True, dashed=True, colour=SERIES[block % 6])
                )
        drawn.append(
            chart(
                lines,
                "Cosine of the tasks’ gradients",
                low=-1,
                high=1,
                levels=(Level(0, "no conflict, no help"),),
                until=until,
            )
        )
    weights = [
        Line(task.title, *mean(together, f"{task.name}_weight"), colour=SERIES[place])
        for place, task in enumerate(card.tasks)
    ]
    if found and found[0].parameters.weighting != "fixed" and any(one.at() for one in weights):
        drawn.append(chart(weights, "Weight of each loss", low=0, until=until))
    return drawn


def _both(found: Sequence[Comparison], task: str, name: str, colour: str) -> list[Line]:
    alone = mean([one.alone(task) for one in found], f"{task}_{name}")
    together = mean([one.together for one in found], f"{task}_{name}")
    return [
        Line("alone", *alone, dashed=True, colour=colour),
        Line("together", *together, colour=colour),
    ]


def diagram(card: TaskSetCard, how: MultitaskParameters, found: Sequence[Comparison]) -> str:
    """The layers as shared and private; cosines are means over seeds and looks, the first left out."""
    cosines = {}
    for block in range(1, how.shared + 1):
        _, values = mean([one.together for one in found], f"cosine_{block}")
        if len(values) > 1:
            cosines[block] = float(np.mean(values[1:]))
    blocks = matched(card.shape, card.blocks, card.outputs, how.shared, how.match)
    heads = [f"{one.name}: {len(one.classes)} classes" for one in card.tasks]
    alt = words.layers(card, how.shared, cosines)
    return layers([one.words for one in blocks], how.shared, heads, cosines, alt)


def sizes(card: TaskSetCard, how: MultitaskParameters) -> tuple[Size, Size]:
    """Of the separate networks taken together, and of the one for all tasks."""
    blocks = matched(card.shape, card.blocks, card.outputs, how.shared, how.match)
    separate = separate_size(card.shape, card.blocks, card.outputs)
    return separate, network_size(card.shape, blocks, card.outputs, how.shared)


def changes(card: TaskSetCard, summaries: dict[str, Summary], title: str) -> str:
    """Change of each task, and Delta, a group a summary.

    Args:
        card: of the task set.
        summaries: by what stands before the task's name; empty for nothing.
        title: of the figure.
    """
    rows = []
    for label, summary in summaries.items():
        for place, (name, task) in enumerate(summary.tasks.items()):
            rows.append(_change(f"{label}{card.task(name).title}", task.change, SERIES[place]))
        if len(summaries) == 1:
            rows.append(_change(f"{label}mean of both (Delta)", summary.delta, SERIES[3]))
    return intervals(rows, title, words.changes(card, summaries, title))


def _change(label: str, one: Estimate, colour: str) -> Change:
    return Change(label, one.mean, one.low, one.high, words.verdict(one), colour)

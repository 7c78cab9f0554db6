"""Sentences and tables of the Multitask page, made from what was measured."""

from collections.abc import Mapping, Sequence

from wsl_core.figures.ink import number, percent
from wsl_core.transfer.multitask import TaskSetCard
from wsl_core.transfer.multitask.architecture import Size
from wsl_core.transfer.multitask.results import (
    GAIN,
    NEGATIVE,
    SINGLE,
    UNCLEAR,
    Comparison,
    Estimate,
    Summary,
)
from wsl_core.transfer.multitask.task_sets import BLOCKS
from wsl_core.web.sentences import listed

ANGLE = 0.1  # cosines within are nearly right angles
HELPS, HARMS, NEITHER, SHOW = "It helps", "It harms", "No clear difference", "Just show me"
ANSWERS = (HELPS, HARMS, NEITHER, SHOW)
ANSWER = {GAIN: HELPS, NEGATIVE: HARMS, UNCLEAR: NEITHER, SINGLE: NEITHER}
HEAD = ["task", "alone", "together", "change", "says"]
MEASURED = ["trained", "alone", "together", "change", "size"]
ABSENT = (
    "No finished comparison comes with this installation for these tasks. Train one in the part *train*, or "
    "make them with `python -m benchmarks.multitask --ship`."
)
NOTHING = (
    "Nothing is in training. Choose the branching point and start: each task is trained alone, then both "
    "together, and the curves are drawn meanwhile."
)
FAIR = (
    "Fair comparison: the same trunk, pictures, order, first weights, learning rate and steps for each task. "
    "A change is relative to the rate alone, on the same seed; rates are of held-out pictures at the last "
    "step. Learning rates were chosen without them, for the tasks alone; the loss of VOC's objects was "
    "changed once after a look at them."
)


def amounts(pictures: Sequence[int]) -> str:
    """How many pictures each amount is."""
    return f"In this order {listed([f'{count:,}' for count in pictures])}."


def question(card: TaskSetCard, pictures: int) -> str:
    """Whether the second task helps the first, at a data size."""
    first, second = card.tasks[:2]
    return (
        f"**There are {pictures:,} training pictures. Will learning *{second.title}* too help with "
        f"*{first.title}*?** Held-out {first.measure} of one network for both is compared with a network for "
        f"the first task alone."
    )


def found(card: TaskSetCard, summary: Summary) -> str:
    """What was found, after a prediction."""
    name = card.names[0]
    one = summary.tasks[name]
    return (
        f"{card.tasks[0].title.capitalize()}: {percent(one.alone.mean)} alone, "
        f"{percent(one.together.mean)} together, {signed(one.change.mean)} of it "
        f"({interval(one.change)}; {one.change.count} seeds)."
    )


def signed(value: float) -> str:
    """A change with its sign."""
    return f"{'+' if value > 0 else ''}{percent(value)}"


def interval(one: Estimate) -> str:
    """The interval of a change in words."""
    if one.low is None or one.high is None:
        return "one seed, no interval"
    return f"{signed(one.low)} to {signed(one.high)}"


def verdict(one: Estimate) -> str:
    """The change, and what its interval says."""
    return f"{signed(one.mean)}, {one.verdict}"


def rows(card: TaskSetCard, summary: Summary) -> list[list[str]]:
    """A row a task, and Delta."""
    told = [
        [
            card.task(name).title,
            percent(one.alone.mean),
            percent(one.together.mean),
            f"{signed(one.change.mean)} ({interval(one.change)})",
            one.change.verdict,
        ]
        for name, one in summary.tasks.items()
    ]
    delta = summary.delta
    change = f"{signed(delta.mean)} ({interval(delta)})"
    return [*told, ["Delta", "", "", change, delta.verdict]]


def negative(card: TaskSetCard, summary: Summary) -> str | None:
    """Names negative transfer where it happened; None where it did not."""
    harmed = [
        f"*{card.task(name).title}* ({signed(one.change.mean)}, {interval(one.change)})"
        for name, one in summary.tasks.items()
        if one.change.verdict == NEGATIVE
    ]
    if not harmed:
        return None
    why = ""
    if summary.cosine is not None:
        why = (
            f" The tasks' gradients on the shared blocks have a mean cosine of "
            f"{number(summary.cosine.mean)}: {_side(summary.cosine.mean)}."
        )
    return (
        f"**Negative transfer**: in one network, {listed(harmed)} "
        f"{'is' if len(harmed) == 1 else 'are'} learned worse than alone; the interval lies below "
        f"zero.{why}"
    )


def _side(cosine: float) -> str:
    """What a cosine of gradients says."""
    if cosine < -ANGLE:
        return "what helps one task on the training pictures hinders the other"
    if cosine > ANGLE:
        return "on the training pictures they agree, so there is no open conflict; what is short is room"
    return "nearly at right angles, they ask for different things of the same weights"


def gained(card: TaskSetCard, summary: Summary) -> str | None:
    """Names tasks that the other one helped; None where there is none."""
    helped = [
        f"*{card.task(name).title}* ({signed(one.change.mean)}, {interval(one.change)})"
        for name, one in summary.tasks.items()
        if one.change.verdict == GAIN
    ]
    if not helped:
        return None
    return f"**Gain**: in one network, {listed(helped)} {'is' if len(helped) == 1 else 'are'} learned better."


def about(card: TaskSetCard, comparisons: Sequence[Comparison]) -> str:
    """Data, counts, seeds, date."""
    first = comparisons[0]
    how, facts = first.parameters, first.facts
    seeds = len(comparisons)
    machine = f", {facts['machine']}" if facts.get("machine") else ""
    return (
        f"{facts['said']}; {first.pictures:,} were learned from. {how.steps} steps of {how.batch} "
        f"pictures for each task, {how.weighting} loss weights{', gradient surgery' if how.surgery else ''}; "
        f"{'one seed' if seeds == 1 else f'means over {seeds} seeds'}; {facts['date']}{machine}. Licence of "
        f"the pictures: {card.licence}."
    )


def size(separate: Size, one: Size, shared: int) -> str:
    """How large both are."""
    if shared == 0:
        return (
            f"Nothing is shared, so these are the two separate networks, weight for weight: "
            f"{separate.parameters:,} parameters, {separate.cost:,} multiply-accumulates a picture."
        )
    return (
        f"One network has {one.parameters:,} parameters where two separate ones have {separate.parameters:,} "
        f"({one.parameters / separate.parameters:.0%}), and needs {one.cost:,} multiply-accumulates a "
        f"picture in the place of {separate.cost:,} ({one.cost / separate.cost:.0%})."
    )


def layers(card: TaskSetCard, shared: int, cosines: Mapping[int, float]) -> str:
    """What the diagram of the layers shows."""
    names = listed([one.title for one in card.tasks])
    kinds = "; ".join(f"{place} {one.words}" for place, one in enumerate(card.blocks, 1))
    told = [f"block {place} {number(value)}" for place, value in cosines.items()]
    branch = (
        f"The first {shared} are shared by both tasks, the other {BLOCKS - shared} and the last layers are "
        f"private."
    )
    if shared in (0, BLOCKS):
        branch = (
            "None is shared: each task has all of them."
            if not shared
            else "All of them are shared; only the last layers are private."
        )
    end = f" Mean cosine of the gradients: {', '.join(told)}." if told else ""
    return f"Layers of a network for {names}. {BLOCKS} blocks: {kinds}. {branch}{end}"


def changes(card: TaskSetCard, summaries: Mapping[str, Summary], title: str) -> str:
    """What the figure of changes shows."""
    told = [
        f"{label}{card.task(name).title}: {signed(one.change.mean)}, interval {interval(one.change)}, "
        f"{one.change.verdict}"
        for label, summary in summaries.items()
        for name, one in summary.tasks.items()
    ]
    return f"{title}: {'; '.join(told)}."


def progress(one: Comparison) -> str:
    """How far a training is, in words."""
    for name, training in reversed(list(one.trainings.items())):
        if training.looks:
            step = training.looks[-1][0]
            which = "both together" if name == "together" else f"{training.tasks[0]} alone"
            return f"{which.capitalize()}: step {step:,} of {one.parameters.steps:,}"
    return "Starting"


def measured(card: TaskSetCard, row: Mapping[str, str]) -> list[str]:
    """A row of the result file under `MEASURED`."""
    change = signed(float(row["change_mean"]))
    if row["change_low"]:
        change += f" ({signed(float(row['change_low']))} to {signed(float(row['change_high']))})"
    parameters = int(row["parameters_together"]) / int(row["parameters_alone"])
    work = int(row["cost_together"]) / int(row["cost_alone"])
    return [
        f"{row['variant']}, {int(row['pictures']):,} pictures, {row['shared']} shared: "
        f"{card.task(row['task']).title}",
        percent(float(row["alone_mean"])),
        percent(float(row["together_mean"])),
        f"{change} {row['verdict']}",
        f"{parameters:.0%}, {work:.0%}",
    ]


def circumstances(row: Mapping[str, str]) -> str:
    """Data, counts, seeds, date and machine of the result file."""
    return (
        f"{row['said']}; {row['steps']} steps of {row['batch']} pictures for each task, rate {row['rate']}; "
        f"{row['seeds']} seeds; {row['date']}, {row['machine']}."
    )


VARIANTS = (
    "*Fixed* adds the losses up. *Uncertainty* learns their weights (Kendall et al., CVPR 2018), *surgery* "
    "takes out of a task's gradient what points against the other's (PCGrad, Yu et al., NeurIPS 2020). *As "
    "many parameters* and *as much work* widen the shared blocks until the one network is as large, or costs "
    "as much, as both separate ones. The size is given as parameters and work, "
    "as shares of theirs."
)

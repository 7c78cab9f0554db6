"""What the Layer probes page says, made from the figures."""

import statistics
from collections.abc import Sequence

import numpy as np

from wsl_core import published
from wsl_core.figures.ink import percent
from wsl_core.transfer.probes import CLASSIFIERS, SVM, TOGETHER, Layer, Probes

PUBLISHED = "layer probes"
BEFORE = "before deep features"
THIRDS = ("an early layer", "a middle layer", "one of the last layers")
SHARES = ("less than 10 %", "10 to 30 %", "30 to 60 %", "more than 60 %")
QUESTION = (
    "**Which layer will be best** for classes that the network was not trained for, and how much does the "
    "very first one know?"
)


def title(name: str) -> str:
    """Of a classifier."""
    return CLASSIFIERS[name].title


def told(value: float | None, deviation: float | None = None) -> str:
    """Per cent, with the deviation where there is one."""
    if value is None:
        return "–"
    return percent(value) + ("" if deviation is None else f" ± {100 * deviation:.1f}")


def counted(found: Probes) -> str:
    """Which pictures, how many, how drawn."""
    fixed = (
        ""
        if found.fixed is None
        else f" The fixed split has {found.fixed[0]:,} to train on and {found.fixed[1]:,} to test on."
    )
    tests = f"{min(found.tests):,} to {max(found.tests):,}" if found.tests else "no"
    if found.tests and min(found.tests) == max(found.tests):
        tests = f"{found.tests[0]:,}"
    subset = ", a subset" if found.data == "caltech101" else ""
    left_out = f" {len(found.skipped)} pictures could not be read." if found.skipped else ""
    twins = f" {len(found.duplicates)} exact duplicates were left out." if found.duplicates else ""
    one = found.splits == 1
    drawn = "in one draw" if one else f"in each of {found.splits} draws"
    bars = "" if one else "; bars are the standard deviation over the draws"
    return (
        f"{found.data}{subset}: {len(found.classes)} classes, {found.pictures:,} pictures; {drawn} "
        f"{found.train} a class to train on and at most {found.test} to test on ({tests} in all), the same "
        f"for every layer. Mean of the classes' accuracies{bars}. {found.network}, {found.weights} weights, "
        f"pictures fed as squares of {found.size} px. C and the pooling are chosen within the training "
        f"pictures of a draw; what they are chosen among was settled on training pictures of Caltech-101's "
        f"fixed split."
        f"{fixed}{left_out}{twins}"
    )


def best(found: Probes, classifier: str) -> str:
    """Which layer is best, and how the first compares."""
    one, first = found.best(classifier), found.layers[0]
    chance = 1 / len(found.classes)
    own = next((layer for layer in found.layers if layer.name == "logits"), None)
    scores = (
        ""
        if own is None
        else f" The network's own scores, {len_words(own)} numbers, reach {told(own.mean(classifier))}."
    )
    return (
        f"{title(classifier)}: {one.name} is best with "
        f"{told(one.mean(classifier), one.deviation(classifier))}; {first.name}, the first layer, reaches "
        f"{told(first.mean(classifier), first.deviation(classifier))}, where guessing gives "
        f"{percent(chance)}.{scores}"
    )


def len_words(layer: Layer) -> str:
    """How many values a layer has."""
    return f"{layer.values:,}"


def third(found: Probes, classifier: str) -> str:
    """In which part of the network the best layer is, as an answer to the question."""
    names = [one.name for one in found.layers if one.name != TOGETHER]
    place = names.index(found.best(classifier).name)
    return THIRDS[min(2, 3 * place // len(names))]


def rows(found: Probes) -> tuple[list[str], list[list[str]]]:
    """The table of all layers."""
    head = ["layer", "values a picture", "grid"]
    for name in found.classifiers:
        head.append(title(name))
        if found.fixed is not None:
            head.append(f"{title(name)}, fixed split")
    lines = []
    for one in found.layers:
        line = [
            one.name,
            f"{one.values:,}" if one.values else "–",
            f"{one.grid} × {one.grid} × {one.channels}" if one.values else "several layers",
        ]
        for name in found.classifiers:
            line.append(told(one.mean(name), one.deviation(name)))
            if found.fixed is not None:
                line.append(told(one.fixed(name)))
        lines.append(line)
    return head, lines


def chosen(layer: Layer, classifier: str) -> str:
    """What was chosen for a layer, within the training pictures."""
    fits = list(layer.fits.get(classifier, {}).values())
    if not fits:
        return ""
    poolings = sorted({one.pooling for one in fits})
    constants = sorted({one.constant for one in fits})
    return (
        f"{layer.name}, {title(classifier)}: pooling {' or '.join(poolings)}, C "
        f"{' or '.join(f'{one:g}' for one in constants)}, {layer.seconds(classifier) or 0:.1f} processor "
        f"seconds a split with all choices."
    )


def examples(found: Probes, layers: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Accuracy of some layers by the number of training pictures."""
    there = [one for one in found.layers if one.name in layers]
    counts = sorted({n for one in there for n in one.examples})
    head = ["layer", *(f"{n} a class" for n in counts), f"{found.train} a class"]
    lines = [
        [
            one.name,
            *(_of(one.examples.get(n)) for n in counts),
            told(one.mean("softmax"), one.deviation("softmax")),
        ]
        for one in there
    ]
    return head, lines


def _of(values: list[float] | None) -> str:
    if not values:
        return "–"
    spread = statistics.stdev(values) if len(values) > 1 else None
    return told(statistics.fmean(values), spread)


def mistakes(found: Probes, classifier: str, layer: str) -> str:
    """The confusion matrix in words."""
    counts = found.confusion(classifier, layer)
    pairs = found.mistaken(classifier, layer, 5)
    worst = "; ".join(f"{a} taken for {b}: {n}" for a, b, n in pairs)
    return (
        f"Confusion of {layer}, {title(classifier)}: {int(counts.trace())} of {int(counts.sum())} pictures "
        f"are named. {f'Most frequent mistakes: {worst}.' if pairs else 'No mistakes.'}"
    )


def between(found: Probes, classifier: str, one: str, other: str) -> str:
    """How two layers share the pictures."""
    a, b = found.hits(classifier, one), found.hits(classifier, other)
    return (
        f"Of {len(a)} pictures both name {int(np.sum(a & b))}, {one} alone {int(np.sum(a & ~b))}, {other} "
        f"alone {int(np.sum(~a & b))}, neither {int(np.sum(~a & ~b))}."
    )


def paper() -> tuple[list[str], list[list[str]]]:
    """The published table: a row a layer, a column a data set."""
    found = published.rows(PUBLISHED)
    sets = list(dict.fromkeys(one.dataset for one in found))
    head = ["classifier (layers kept)", *sets, "seen"]
    lines = []
    for method in dict.fromkeys(one.method for one in found):
        cells = {one.dataset: one for one in found if one.method == method}
        status = ", ".join(dict.fromkeys(one.status for one in cells.values()))
        lines.append([method, *(_cell(cells.get(name)) for name in sets), status])
    return head, lines


def _cell(row: published.Row | None) -> str:
    if row is None:
        return "–"
    spread = f" ± {row.note.split('±')[1].split(';')[0].strip()}" if "±" in row.note else ""
    return f"{row.value:.1f} %{spread}"


def before() -> tuple[list[str], list[list[str]]]:
    """What was reached before, as reported."""
    return (
        ["method", "data", "accuracy", "source"],
        [
            [one.method, one.dataset, f"{one.value:.1f} %", f"{one.source} ({one.status})"]
            for one in published.rows(BEFORE)
        ],
    )


def beside(found: Probes) -> tuple[list[str], list[list[str]]]:
    """Ours by the same classifiers, in the manner of the published table."""
    names = [one for one in (SVM, "softmax") if one in found.classifiers]
    return (
        ["our taps", *(title(name) for name in names)],
        [
            [one.name, *(told(one.mean(name), one.deviation(name)) for name in names)]
            for one in found.layers
        ],
    )

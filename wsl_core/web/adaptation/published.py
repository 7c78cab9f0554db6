"""Domain adaptation, published beside measured: tables, bars and sentences, made from rows."""

from collections.abc import Mapping, Sequence

from wsl_core import published
from wsl_core.datasets.domains import PAIRS
from wsl_core.figures import adaptation_results as results
from wsl_core.figures.adaptation_results import BASELINE, CEILING, Cell, Measured, Version
from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.transfer.adaptation import METHODS

COMMAND = "python -m benchmarks.adaptation_pairs"
LECTURE = {
    "MNIST → MNIST-M": ("mnist-mnistm",),
    "SYN NUMBERS → SVHN": ("synnumbers-svhn",),
    "SVHN → MNIST": ("svhn-mnist",),
    "SYN SIGNS → GTSRB": ("synsigns-gtsrb", "drawnsigns-gtsrb"),
}
"""The lecture's four pairs, and ours that stand for each."""
DIGITS = {"MNIST → USPS": ("mnist-usps",), "USPS → MNIST": ("usps-mnist",)}
NETWORK = ", the paper's network"
ADDA, TRANSLATION = "adaptation, ADDA", "adaptation, image translation"
BESIDE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "source-only": (("adaptation, arXiv", BASELINE), (ADDA, BASELINE)),
    "sa": (("adaptation, arXiv", "SA"),),
    "dann": (("adaptation, arXiv", "DANN"), (ADDA, "Gradient reversal")),
    "adda": ((ADDA, "ADDA"),),
    "translation": ((TRANSLATION, "Image translation, LeNet"),),
    "target": (("adaptation, arXiv", CEILING),),
}
"""Which published row stands beside our method: the first table that has the pair."""
SHORT = {
    "sa": "SA", "dann": "DANN", "adda": "ADDA", "coral": "CORAL", "adabn": "AdaBN",
}  # fmt: skip
VERSIONS: Mapping[Version, str] = {
    "arXiv": "the first version of the paper, which the lecture shows",
    "JMLR": "the version in the Journal of Machine Learning Research",
}
GAP = (
    "The gap is what lies between training on the source only and training on the target. The share of it "
    "that a method covers is computed here from the accuracies of the same table; where the paper prints "
    "another figure, that stands beside it."
)
BASELINES = (
    "Source only is given twice. It is one network: its inputs lose the source's mean, or the target's own "
    "mean, which is known without a label. The gap is measured from the better of both. Steps, network and "
    "augmentation are the method's. Networks, steps and often data are others than in the papers."
)
SEEN = "No label of the target was seen in training or choice; accuracies are seen by the evaluation only."
ABSENT = (
    f"This installation has no measured figures of domain adaptation: `{COMMAND} --write` makes them. Below "
    f"stands what was published."
)
Table = tuple[list[str], list[list[str]]]


def title(method: str) -> str:
    """A method as people call it, with the letters by which it is known."""
    name = METHODS[method].title if method in METHODS else method
    return f"{name} ({SHORT[method]})" if method in SHORT else name


def named(one: Measured) -> str:
    """A measured row's method, and its network where it is the paper's."""
    return f"{title(one.method)}{NETWORK if one.network == 'paper' else ''}"


def percent(value: float | None, deviation: float | None = None) -> str:
    """A rate with one decimal, and its spread; a dash for none."""
    if value is None:
        return "–"
    spread = "" if deviation is None else f" ± {100 * deviation:.1f}"
    return f"{100 * value:.1f}{spread}".replace("-", "−")


def paper(version: Version) -> Table:
    """The paper's table in one version: methods by pairs, with the gap that is covered."""
    found = results.table(version)
    columns = list(next(iter(found.values())))
    rows = [
        [method, *(_cell(cells.get(dataset)) for dataset in columns)]
        for method, cells in found.items()
    ]
    return ["%", *columns], rows


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "–"
    if cell.gap is None:
        return f"{cell.row.value:.2f}"
    printed = "" if cell.printed is None else f"; printed: {cell.printed:g}"
    return f"{cell.row.value:.2f} (gap {percent(cell.gap)}{printed})"


def plain(*names: str) -> Table:
    """Published tables without gaps, one below the other: methods by pairs."""
    rows = [row for name in names for row in published.rows(name)]
    columns = list(dict.fromkeys(row.dataset for row in rows))
    values = {(row.method, row.dataset): row for row in rows}
    methods = dict.fromkeys(row.method for row in rows)
    return ["%", *columns], [
        [method, *(_value(values.get((method, dataset))) for dataset in columns)]
        for method in methods
    ]


def _value(row: published.Row | None) -> str:
    if row is None:
        return "–"
    deviation = row.note.split(";")[0] if row.note.startswith("±") else ""
    return f"{row.value:.1f} {deviation}".strip()


def sources(*names: str) -> str:
    """Where tables are from and how far their sources were seen."""
    rows = [row for name in names for row in published.rows(name)]
    papers = dict.fromkeys(row.source for row in rows)
    statuses = dict.fromkeys(row.status for row in rows)
    meaning = " ".join(f"*{name}*: {published.STATUS[name]}" for name in statuses)
    return f"{'; '.join(papers)}. {meaning}"


def notes(name: str) -> str:
    """What each figure of a table is said to be, as a Markdown list, a line a method."""
    lines = []
    for method in dict.fromkeys(row.method for row in published.rows(name)):
        own = [row for row in published.rows(name) if row.method == method]
        said = {row.note: [] for row in own}  # type: dict[str, list[str]]
        for row in own:
            said[row.note].append(row.dataset)
        told = "; ".join(f"{', '.join(where)}: {note}" for note, where in said.items())
        lines.append(f"- **{method}**, {own[0].source}. {told}.")
    return "\n".join(lines)


def ordered(found: Sequence[Measured]) -> list[Measured]:
    """In the order of the methods, the fast network before the paper's."""
    names = list(METHODS)
    return sorted(found, key=lambda one: (names.index(one.method), one.network))


def measured(found: Sequence[Measured]) -> Table:
    """Every method of a pair, with its own baselines and ceiling; narrow enough for a phone."""
    columns = [
        "%", "accuracy", "source only: source's / target's mean", "train on target", "gap covered",
    ]  # fmt: skip
    return columns, [
        [
            _brief(one),
            percent(one.accuracy, one.deviation),
            f"{percent(one.source_only)} / {percent(one.source_only_centred)}",
            percent(one.target),
            percent(one.gap),
        ]
        for one in ordered(found)
    ]


def _brief(one: Measured) -> str:
    network = NETWORK if one.network == "paper" else ""
    return f"{SHORT.get(one.method) or title(one.method)}{network}"


def circumstances(found: Sequence[Measured]) -> str:
    """Of what the figures of a pair are: data, pictures, dates; seeds, steps and seconds of each."""
    first, dates = found[0], sorted({one.date for one in found})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    each = "; ".join(f"{_brief(one)}: {_effort(one)}" for one in ordered(found))
    return (
        f"Data: {', '.join(dict.fromkeys(one.data for one in found))}; {first.source_pictures:,} labelled "
        f"pictures, {first.target_pictures:,} without labels, {first.evaluated:,} tested; {when}. {each}."
    )


def _effort(one: Measured) -> str:
    seeds = f"{one.seeds} seed{'s' * (one.seeds != 1)}"
    return f"{seeds}, {one.steps:,} steps, {one.seconds:,.0f} s each"


def remarks(found: Sequence[Measured]) -> str:
    """What has to be known of a pair's data, and parts of the tested pictures apart."""
    said = dict.fromkeys(one.notes for one in found if one.notes)
    parts = [f"{_brief(one)}: {_parts(one.parts)}" for one in ordered(found) if one.parts]
    apart = f"Parts of the tested pictures apart, %: {'. '.join(parts)}." if parts else ""
    missing = "" if any(one.target is not None for one in found) else NO_CEILING
    return " ".join(filter(None, (*said, missing, apart)))


NO_CEILING = "There are no labelled target pictures to train on, so there is no ceiling and no gap."


def _parts(text: str) -> str:
    """From the file's fractions to percent."""
    found = []
    for part in text.split("; "):
        name, _, value = part.rpartition(" ")
        found.append(f"{name} {percent(float(value))}")
    return ", ".join(found)


def chart(dataset: str, found: Sequence[Measured]) -> str:
    """Bars of published and measured on a pair, as HTML; source only and the ceiling are DANN's."""
    reference = next((one for one in found if one.method == "dann"), found[0])
    drawn = [
        _row("source-only", dataset, "Source only", reference.source_only),
        Row(
            "Source only, the target's own mean",
            (Bar(None, ""), Bar(reference.source_only_centred, percent(reference.source_only_centred))),
        ),
    ]  # fmt: skip
    drawn += [
        _row(one.method, dataset, named(one), one.accuracy, one.deviation)
        for one in ordered(found)
        if one.method not in ("source-only", "target")
    ]
    drawn.append(_row("target", dataset, "Train on target", reference.target))
    shown = [one for one in drawn if any(bar.words for bar in one.bars)]
    kinds = ("the lecture's table" if dataset in LECTURE else "published", "measured here")
    words = "; ".join(
        f"{one.label}: "
        + ", ".join(
            f"{kind} {bar.words}" for kind, bar in zip(kinds, one.bars, strict=True) if bar.words
        )
        for one in shown
    )
    alt = f"Accuracy on the target, {dataset}, percent. {words}."
    return bars(shown, kinds, alt)


def _row(
    method: str, dataset: str, label: str, value: float | None, deviation: float | None = None
) -> Row:
    known = _beside(method, dataset)
    return Row(
        label,
        (
            Bar(known / 100 if known else None, f"{known:g}" if known else ""),
            Bar(value, "" if value is None else percent(value, deviation), deviation),
        ),
    )


def _beside(method: str, dataset: str) -> float | None:
    """What was published of our method on a pair, in percent."""
    for table, name in BESIDE.get(method, ()):
        for row in published.rows(table, dataset=dataset):
            if row.method == name:
                return row.value
    return None


def pair_title(name: str) -> str:
    """Of a pair of ours."""
    return PAIRS[name].title if name in PAIRS else name

"""The parts of the Layer probes page that look at a finished measurement, shipped or the visitor's own."""

import contextlib
import json
import statistics
from collections.abc import Callable, Sequence

import streamlit as st

from wsl_core.errors import ImageError, WslError
from wsl_core.figures.confusion import confusion
from wsl_core.figures.curves import chart
from wsl_core.figures.depth import Series, depth
from wsl_core.figures.ink import percent
from wsl_core.figures.lines import PERCENT, Line
from wsl_core.settings import settings
from wsl_core.transfer.probes import SOFTMAX, SVM, TOGETHER, Probes
from wsl_core.transfer.probes.finished import CALTECH, finished
from wsl_core.web import prediction, station
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.downloads import Download, csv_text, drawer
from wsl_core.web.probes import sentences as words
from wsl_core.web.probes.view import ProbesView
from wsl_core.web.sentences import plain

BEST, FIRST = "probes_best", "probes_first"
SHOWN = 8  # pictures in a row of what one layer alone names
NAMED = 40  # of which the class alone is told
SIDE = 160  # of such a picture, in pixels
Open = Callable[[str], bytes]  # JPEG of a picture by its name; raises WslError


def shipped() -> Probes | None:
    """The finished measurement; a damaged one is said in a sentence."""
    try:
        return finished()
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def where_it_lies(name: str) -> bytes:
    """JPEG of a picture of Caltech-101 in WSL_DATA.

    Raises:
        ImageError: it is not there.
    """
    from wsl_core import images

    folder = settings().data
    if folder is None:
        raise ImageError("The pictures are not here: set WSL_DATA to their folder.")
    return images.read(folder / CALTECH / name, name=name, longest_side=2 * SIDE).jpeg(SIDE)


def predicted(found: Probes, classifier: str) -> bool:
    """Ask before anything is shown; whether there is an answer to compare with."""
    said = prediction.ask(BEST, words.QUESTION, words.THIRDS)
    if said is None:
        return False
    prediction.compare(
        BEST, said, words.third(found, classifier), plain(words.best(found, classifier))
    )
    return True


def chart_of_depth(found: Probes, marked: str, key: str = "depth") -> None:
    """Accuracy of every layer, both classifiers, and the fixed split where there is one."""
    names = [one.name for one in found.layers]
    series = [
        Series(
            words.title(name),
            tuple(one.mean(name) for one in found.layers),
            tuple(one.deviation(name) for one in found.layers),
        )
        for name in (SOFTMAX, SVM)
        if name in found.classifiers
    ]
    if found.fixed is not None:
        fixed = tuple(one.fixed(SOFTMAX) for one in found.layers)
        series.append(Series("Soft-max, fixed split", fixed, hollow=True))
    inline(depth(names, series, "Accuracy by layer", marked=marked, apart=(TOGETHER,)), key)


def depths(found: Probes) -> None:
    """Accuracy against depth."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        classifier = lasting(ProbesView, "classifier")
        layer = layer_of(found, "layer")
        predict = lasting(ProbesView, "predict")
    with left:
        if predict and not predicted(found, classifier):
            return
        chart_of_depth(found, layer)
    with right:
        st.markdown(plain(words.best(found, classifier)))
        one = next(one for one in found.layers if one.name == layer)
        st.markdown(plain(words.chosen(one, classifier)))
    st.caption(plain(words.counted(found)))
    shut = station.drawer("All layers as a table", ":material/table:", "layers_table")
    if shut.open:
        with shut:
            station.table(*words.rows(found))


def layer_of(found: Probes, field: str) -> str:
    """The layer of a menu; the visitor's own network may have others."""
    layer: str = lasting(ProbesView, field)
    names = [one.name for one in found.layers]
    return layer if layer in names else names[-1]


def few(found: Probes) -> None:
    """Accuracy against examples a class, for the first, a middle, the chosen and the best layer."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        layer = layer_of(found, "layer")
        st.markdown(
            "Every draw's first pictures of each class, so that fewer are among more. With one example there "
            "is nothing to choose C on; the usual one is taken."
        )
    names = [one.name for one in found.layers if one.name != TOGETHER]
    asked = (names[0], names[len(names) // 2], found.best(SOFTMAX).name, layer)
    layers = list(dict.fromkeys(asked))
    lines = []
    for one in found.layers:
        if one.name in layers:
            known = {n: statistics.fmean(a) for n, a in sorted(one.examples.items())}
            known[found.train] = one.mean(SOFTMAX) or 0.0
            lines.append(Line(one.name, list(known), list(known.values())))
    with left:
        alt = f"Accuracy by soft-max against training pictures of a class. {_alt(lines)}"
        inline(
            chart(lines, "Accuracy by training pictures of a class", unit=PERCENT, alt=alt), "few"
        )
    station.table(*words.examples(found, layers))
    st.caption(plain(words.counted(found)))


def _alt(lines: Sequence[Line]) -> str:
    return " ".join(
        f"{one.name}: "
        + ", ".join(f"{percent(v)} with {n:g}" for n, v in zip(one.steps, one.values, strict=True))
        + "."
        for one in lines
    )


def mistakes(found: Probes, picture: Open) -> None:
    """What is taken for what, and which pictures one layer alone names."""
    assert found.shown is not None
    left, right = st.columns([3, 2], gap="large")
    with right:
        classifier = lasting(ProbesView, "classifier")
        layer = layer_of(found, "layer")
        other = layer_of(found, "beside")
        pairs = found.mistaken(classifier, layer)
        st.markdown(f"**What {plain(layer)} takes for what**, most often first")
        station.table(
            ["shown", "said", "times"], [[plain(a), plain(b), str(n)] for a, b, n in pairs]
        )
    with left:
        counts = found.confusion(classifier, layer)
        inline(
            confusion(counts, found.classes, words.mistakes(found, classifier, layer)), "confusion"
        )
    st.header("What one layer gets and another misses", anchor=False)
    if layer == other:
        st.info("Choose two different layers.", icon=":material/compare_arrows:")
        return
    st.markdown(plain(words.between(found, classifier, layer, other)))
    for one, two in ((layer, other), (other, layer)):
        places = found.only(classifier, one, two)
        if places:
            st.markdown(f"**{plain(one)} names these, {plain(two)} does not**")
            _pictures(found, classifier, two, places, picture, key=f"{one}-only")
    st.caption(
        plain(f"{found.data}, the split {found.shown.split!r}: {len(found.shown.labels)} pictures.")
    )


def _pictures(
    found: Probes, classifier: str, two: str, places: Sequence[int], picture: Open, key: str
) -> None:
    """The pictures where they are at hand, else the names of their classes; what the other said."""
    assert found.shown is not None
    said = found.shown.predicted[classifier][two]
    facts = [
        (found.shown.pictures[i], found.classes[found.shown.labels[i]], found.classes[said[i]])
        for i in places
    ]
    drawn: list[tuple[bytes, str, str]] = []
    with contextlib.suppress(WslError, OSError):
        drawn = [(picture(name), shown, taken) for name, shown, taken in facts[:SHOWN]]
    if drawn:
        with st.container(horizontal=True, key=key):
            for jpeg, shown, taken in drawn:
                with st.container(width=SIDE):
                    alt = f"{shown}; {two} says {taken}"
                    st.image(jpeg, alt=alt, width=SIDE)
                    st.markdown(f"{plain(shown)}, *not {plain(taken)}*")
        rest = facts[SHOWN:]
    else:
        rest = facts
    if rest:
        names = [f"{plain(shown)} (not {plain(taken)})" for _, shown, taken in rest[:NAMED]]
        more = f", and {len(rest) - NAMED} more" if len(rest) > NAMED else ""
        with st.container(key=f"{key}-names"):
            st.markdown(f"{', '.join(names)}{more}.")


def files(found: Probes) -> None:
    """The measurement as JSON and as CSV."""
    stem = found.data.replace(" ", "-").replace(".", "-")

    def listed() -> list[Download]:
        return [
            (
                "Everything (JSON)",
                lambda: json.dumps(found.model_dump(mode="json")),
                f"{stem}-probes.json",
                "application/json",
            ),
            ("Layers (CSV)", lambda: as_csv(found), f"{stem}-probes.csv", "text/csv"),
        ]

    drawer(listed)


def as_csv(found: Probes) -> str:
    """A line a layer, classifier and split; accuracies are fractions."""
    return csv_text(
        ["layer", "values", "classifier", "split", "accuracy", "constant", "pooling", "seconds"],
        (
            [one.name, one.values, name, split, f"{fit.accuracy:.6f}", f"{fit.constant:g}",
             fit.pooling, f"{fit.seconds:.2f}"]
            for one in found.layers
            for name, fits in one.fits.items()
            for split, fit in fits.items()
        ),
    )  # fmt: skip

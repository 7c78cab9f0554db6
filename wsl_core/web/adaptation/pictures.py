"""The pictures whose features a run has kept: examples of both domains, and those that are named wrongly.

A pair's pictures are read or made in a thread, once; only those that the run has kept stay in memory.
"""

import base64
import html
from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core import figures
from wsl_core.datasets import domains
from wsl_core.errors import DatasetError
from wsl_core.figures import digit_rows
from wsl_core.networks.network import resized
from wsl_core.settings import settings
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET
from wsl_core.transfer.adaptation.finished import AdaptationRun
from wsl_core.web.adaptation.runs import Seen
from wsl_core.web.patience import Report, awaited
from wsl_core.web.sentences import plain
from wsl_core.web.store import Store

UInt8 = NDArray[np.uint8]
LONGEST = 64  # pixels of a side that are kept
SHOWN = 8  # examples of a domain
MISTAKES = 16  # shown at most
SIDE = 64  # CSS pixels of a picture
OTHER = (
    "The pictures on this machine are others than those that the run was measured on, so that none is shown. "
    "Train the pair here to see them."
)

_kept: Store[UInt8] = Store(settings().cache_megabytes / 8, lambda pictures: pictures.nbytes)


def probes(run: AdaptationRun) -> UInt8:
    """(P, H, W, 3) the pictures whose features were kept, in the run's order.

    Raises:
        DatasetError: the pair's data are missing, damaged, or others than the run's.
    """
    how = run.parameters
    key = (run.pair, how.seed, how.method == "target", run.places.tobytes(), run.labels.tobytes())
    pictures = _kept.get(key)
    if pictures is None:
        if sentence := domains.card(run.pair).missing():
            raise DatasetError(sentence)

        def make(report: Report) -> UInt8:
            report(0.0, "reading the pictures")
            return _probes(run)

        pictures = awaited(("probes", *key), domains.card(run.pair).title, make)
        _kept.put(key, pictures)
    return pictures


def _probes(run: AdaptationRun) -> UInt8:
    pair = domains.load(run.pair, seed=run.parameters.seed)
    source = pair.target_labelled if run.parameters.method == "target" else pair.source
    parts = []
    for number, labelled in ((SOURCE, source), (TARGET, pair.evaluation)):
        chosen = run.domains == number
        places = run.places[chosen]
        if labelled is None or (len(places) and places.max() >= len(labelled)):
            raise DatasetError(OTHER)
        part = labelled[places]
        if not np.array_equal(part.labels, run.labels[chosen]):
            raise DatasetError(OTHER)
        parts.append((chosen, np.stack([_small(one) for one in part.values])))
    found = np.empty((len(run.labels), *parts[0][1].shape[1:]), np.uint8)
    for chosen, pictures in parts:
        found[chosen] = pictures
    return found


def _small(picture: UInt8) -> UInt8:
    if max(picture.shape[:2]) <= LONGEST:
        return picture
    share = LONGEST / max(picture.shape[:2])
    height, width = (max(1, round(side * share)) for side in picture.shape[:2])
    small: UInt8 = resized(picture, height, width)
    return small


def examples(seen: Seen, pictures: UInt8) -> None:
    """Some of the source's pictures over some of the target's."""
    run, card = seen.run, domains.card(seen.run.pair)
    chosen = [np.flatnonzero(run.domains == number)[:SHOWN] for number in (SOURCE, TARGET)]
    names = [", ".join(run.classes[run.labels[place]] for place in one) for one in chosen]
    st.markdown(f"**Both domains.** Above {plain(card.source)}, below {plain(card.target)}.")
    st.image(
        digit_rows.sheet(np.stack([pictures[one] for one in chosen]), zoom=2),
        alt=f"Above, {len(chosen[0])} pictures of {card.source}: {names[0]}. Below, {len(chosen[1])} of "
        f"{card.target}: {names[1]}.",
    )


def wrong(seen: Seen, look: int) -> NDArray[np.int64]:
    """Places of the target's pictures that are named wrongly at a look."""
    run, at = seen.run, seen.snapshot(look)
    if at is None:
        return np.zeros(0, np.int64)
    return np.flatnonzero((run.domains == TARGET) & (run.predictions[at] != run.labels))


def mistakes(seen: Seen, look: int, pictures: UInt8) -> None:
    """Target pictures that are named wrongly at a look, each with both names."""
    run, places, at = seen.run, wrong(seen, look), seen.snapshot(look)
    count = int((run.domains == TARGET).sum())
    st.markdown(
        f"**Named wrongly** at step {seen.step(look):,}: {len(places)} of {count} target pictures "
        f"(seen by the evaluation only)."
        + (f" The first {MISTAKES} of them:" if len(places) > MISTAKES else "")
    )
    if at is None or not len(places):
        return
    captions = [
        (run.classes[run.predictions[at][place]], run.classes[run.labels[place]])
        for place in places[:MISTAKES]
    ]
    st.html(_captioned(pictures[places[:MISTAKES]], captions))


def _captioned(pictures: UInt8, names: Sequence[tuple[str, str]]) -> str:
    """Small pictures, each over what it was named and what it is; wraps where there is little room."""
    drawn = "".join(
        f'<figure style="margin:0;width:{SIDE + 16}px">'
        f'<img src="{_address(picture)}" width="{SIDE}" height="{SIDE}" '
        f'style="image-rendering:pixelated;border-radius:3px" '
        f'alt="{html.escape(f"A picture of {true}, named {named}", quote=True)}">'
        f'<figcaption style="font-size:.8rem;line-height:1.25">{html.escape(named)}, '
        f"not {html.escape(true)}</figcaption></figure>"
        for picture, (named, true) in zip(pictures, names, strict=True)
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:.6rem">{drawn}</div>'


def _address(picture: UInt8) -> str:
    return "data:image/png;base64," + base64.b64encode(figures.png(picture)).decode()


def translated(seen: Seen, look: int, pictures: UInt8 | None) -> None:
    """The same pictures as they are, and drawn in the other domain's manner before, during and after."""
    run, at = seen.run, seen.snapshot(look)
    if run.translated is None or at is None:
        return
    card = domains.card(run.pair)
    moments = dict.fromkeys((0, at, len(run.translated) - 1))
    steps = [int(run.steps[one]) for one in moments]
    for number, (own, other) in (
        (TARGET, (card.target, card.source)),
        (SOURCE, (card.source, card.target)),
    ):
        rows = [run.translated[one][number] for one in moments]
        words = [f"as drawn at step {step:,}" for step in steps]
        if pictures is not None:
            originals = pictures[np.flatnonzero(run.domains == number)[: rows[0].shape[0]]]
            rows, words = [originals, *rows], ["as they are", *words]
        listed, first = "; ".join(words), plain(own[0].upper() + own[1:])
        st.markdown(f"**{first} drawn in the manner of {plain(other)}**, from above: {listed}.")
        st.image(
            digit_rows.sheet(np.stack(rows), zoom=2),
            alt=f"{rows[0].shape[0]} pictures of {own} in {len(rows)} rows: {listed}.",
        )

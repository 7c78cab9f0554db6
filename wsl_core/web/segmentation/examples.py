"""The part "repairs and damage": three worked examples with known masks, and what the CRF makes of each."""

from dataclasses import dataclass

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.fcn.segmentation.crf_parameters import PRESETS
from wsl_core.fcn.segmentation.thin import Thin, found_of_thin
from wsl_core.figures import segments
from wsl_core.figures.ink import percent
from wsl_core.web import forward, pictures, prediction, station
from wsl_core.web.controls import lasting
from wsl_core.web.segmentation import in_python as code
from wsl_core.web.segmentation import looked as page
from wsl_core.web.segmentation import sentences as words
from wsl_core.web.segmentation.looked import Looked
from wsl_core.web.segmentation.pictures import of_gallery
from wsl_core.web.segmentation.player import player
from wsl_core.web.segmentation.strip import drawn, small
from wsl_core.web.segmentation.view import CRF, KNOWN, SegmentationView

NEARER, FURTHER = "nearer to the mask", "further from it"
SIDE = 480  # px


@dataclass(frozen=True)
class Case:
    """An example.

    Attributes:
        picture: of the gallery.
        kernels: what differs from the published set `of`.
        of: a published set.
        title: what is seen.
        sentence: why.
    """

    picture: str
    of: str
    kernels: tuple[tuple[str, float], ...]
    title: str
    sentence: str


CASES = {
    "clear edges": Case(
        "collage-wall",
        "original",
        (),
        "Edges that colours show",
        "The wall is of one colour and the objects are of others. Class maps are smooth, since their cells "
        "stand 32 px apart; the CRF moves the edges of the labels to where the colours change.",
    ),
    "thin things": Case(
        "collage-wall",
        "original",
        (("smoothness_weight", 30.0), ("smoothness_width", 12.0)),
        "Thin things",
        "With a strong and wide smoothness kernel a pixel listens to all that is near, whatever its colour. "
        "Around mirrors, handlebars and lamps most of that is wall, so they are voted away. They are few "
        "pixels: intersection over union hardly tells.",
    ),
    "wrong colours": Case(
        "motorcycle",
        "original",
        (),
        "Colours that mislead",
        "The same kernels as on the wall. A red box stands behind the red motorcycle, and its shadow is as "
        "dark as its tyres. The CRF knows colours, not things: what is near and alike gets the same label.",
    ),
}


def view_of(name: str, scheme: str) -> SegmentationView:
    """What the page's link would hold for an example."""
    case = CASES[name]
    kernels = {one: getattr(PRESETS[case.of], one) for one in CRF} | dict(case.kernels)
    return SegmentationView(scheme=scheme, labels=KNOWN, **kernels)


def examples() -> None:
    """One example at a time: before, after, the mask, and figures."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        name = lasting(SegmentationView, "case")
        scheme = lasting(SegmentationView, "scheme")
        predict = lasting(
            SegmentationView, "predict", on_change=prediction.again, args=(f"case_{name}",)
        )
    case, view = CASES[name], view_of(name, scheme)
    with left:
        try:
            looked = page.look(of_gallery(case.picture), view)
        except WslError as error:
            forward.refuse(error)
        st.header(case.title, anchor=False)
    with right:
        st.markdown(kernels(view, case))
        st.markdown(words.whose(view))
    said = None
    if predict:
        with left:
            said = prediction.ask(
                f"case_{name}",
                "Will the CRF bring the labels nearer to the mask, or further from it?",
                (NEARER, FURTHER),
            )
    hidden = predict and said is None
    with left:
        _show(looked, hidden=hidden)
        if hidden:
            return
        if said:
            prediction.compare(f"case_{name}", said, answer(looked), outcome(looked))
        st.markdown(case.sentence)
        st.markdown(outcome(looked))
        if case.kernels:
            st.markdown(as_published(name, scheme))
    with right:
        _mask(looked)
    st.header("What changed", anchor=False)
    station.table(*words.overlap_table(looked))
    station.table(*thin_table(looked))
    st.caption(
        "Thin: parts of an object that are narrower than a fortieth of the picture's longer side. The labels "
        "are those of the reduced picture."
    )
    station.same_in_python(code.segments(looked, view))


def _show(looked: Looked, *, hidden: bool) -> None:
    labels = looked.worked.labels[:1] if hidden else looked.worked.labels
    player(
        pictures.jpeg(looked.subject.chosen.photo),
        labels,
        looked.numbers,
        looked.names,
        looked.colours,
        [words.update_sentence(looked, one, place) for place, one in enumerate(labels)],
        at=len(labels) - 1,
        alt=words.alternative_text(looked),
        key="example",
    )
    st.html(segments.legend(looked.names, looked.colours, looked.areas(labels[-1])))


def _mask(looked: Looked) -> None:
    mask = looked.subject.mask
    if mask is None:
        return
    text = f"The mask: {looked.subject.known}."
    photo = small(looked.subject.chosen.photo, SIDE)
    st.image(drawn(photo, mask, looked.paint), alt=text, caption=text, width="stretch")


def kernels(view: SegmentationView, case: Case) -> str:
    """Which kernels are used, in words."""
    fields = SegmentationView.model_fields
    changed = [f"{fields[one].title} {value:g}".lower() for one, value in case.kernels]
    more = f", but {' and '.join(changed)}" if changed else ""
    return f"Kernels: *{words.PRESET_NAMES[case.of]}*{more}."


def answer(looked: Looked) -> str:
    """Which of the two predictions is right."""
    first, last = (words.mean(looked, one) for one in _ends(looked))
    return NEARER if last > first else FURTHER


def outcome(looked: Looked) -> str:
    """What the CRF did, in figures."""
    first, last = (words.mean(looked, one) for one in _ends(looked))
    before, after = (_thin(looked, one) for one in _ends(looked))
    thin = ""
    if before is not None and after is not None:
        thin = f" Thin parts with the right label: {percent(before, 0)} before, {percent(after, 0)} after."
    return (
        f"Mean intersection over union **{first:.2f}** before the CRF, **{last:.2f}** after.{thin}"
    )


def as_published(name: str, scheme: str) -> str:
    """What the kernels of the published set would have given, in figures."""
    view = view_of(name, scheme)
    usual = {one: getattr(PRESETS[CASES[name].of], one) for one in CRF}
    looked = page.look(of_gallery(CASES[name].picture), view.model_copy(update=usual))
    last = looked.worked.labels[-1]
    thin = _thin(looked, last)
    return (
        f"With the kernels as published the mean intersection over union is "
        f"{words.mean(looked, last):.2f}, and {percent(thin, 0)} of the thin parts are right."
    )


def _ends(looked: Looked) -> tuple[page.Labels, page.Labels]:
    return looked.worked.labels[0], looked.worked.labels[-1]


def _parts(looked: Looked, labels: page.Labels) -> list[Thin]:
    """Of every class, how much of its thin parts is right."""
    mask = looked.subject.mask
    if mask is None:
        return []
    return [found_of_thin(labels, mask, number) for number in looked.found.numbers]


def _thin(looked: Looked, labels: page.Labels) -> float | None:
    """Share of all thin parts with the right label."""
    found = _parts(looked, labels)
    total = sum(one.pixels for one in found)
    return sum(one.right for one in found) / total if total else None


def thin_table(looked: Looked) -> tuple[list[str], list[list[str]]]:
    """Columns and rows: how much of each object's thin parts has its label."""
    before, after = (_parts(looked, one) for one in _ends(looked))
    height, width = looked.subject.chosen.photo.pixels.shape[:2]
    rows = [
        [name, percent(a.pixels / (height * width), 2), percent(a.share), percent(b.share)]
        for name, a, b in zip(looked.found.names, before, after, strict=True)
    ]
    return ["thin parts of", "of the picture", "right before", "right after"], rows

"""The part "two networks" of the Zero-shot page: pictures and classes brought together, or collapsed."""

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.errors import WslError
from wsl_core.figures.curves import chart, side_by_side
from wsl_core.figures.lines import Line
from wsl_core.figures.scatter import scatter
from wsl_core.web import downloads, prediction, station
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.sentences import plain
from wsl_core.web.zero_shot import animals
from wsl_core.web.zero_shot import downloads as files
from wsl_core.web.zero_shot import in_python as code
from wsl_core.web.zero_shot import meeting_sentences as words
from wsl_core.web.zero_shot.animals import Setting
from wsl_core.web.zero_shot.sentences import SHOW
from wsl_core.web.zero_shot.view import ZeroShotView

METHOD = "two-networks"
QUESTION = "zero_shot_negatives"
MOST = 6  # seen classes that are drawn
LIMITS = ((-1.05, 1.05), (-1.05, 1.05))  # the whole sphere, the same in every plane


@dataclass(frozen=True, eq=False)
class Plane:
    """Pictures and classes in the plane in which they reach furthest.

    Attributes:
        title: which state of the networks.
        points: (pictures + classes, 2), -1 .. 1, pictures first.
        groups: (pictures + classes,) which class.
        marks: (pictures + classes,) 0 for a picture, 1 for a class.
        names: of the classes.
        held: share of the squared lengths that the plane holds, 0 .. 1.
    """

    title: str
    points: NDArray[np.float64] = field(repr=False)
    groups: NDArray[np.intp] = field(repr=False)
    marks: NDArray[np.intp] = field(repr=False)
    names: tuple[str, ...]
    held: float


def show() -> None:
    """Three planes beside each other, and the curves of both trainings."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(words.MEETING)
    with right:
        shown = lasting(ZeroShotView, "shown")
        split = lasting(ZeroShotView, "split")
        predict = lasting(ZeroShotView, "predict")
    try:
        whole = animals.setting(split, METHOD)
        alone = animals.setting(split, METHOD, negatives=False)
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if predict and not _predicted(alone):
        return
    planes = [
        plane(whole, shown, "Before training", whole.fitted.model.start),
        plane(whole, shown, "After training", whole.fitted.model),
        plane(alone, shown, "Trained without negatives", alone.fitted.model),
    ]
    inline(
        side_by_side(
            scatter(
                one.points, one.groups, one.names, marks=one.marks,
                mark_names=("a picture, f(x)", "its class, g(y)"), limits=LIMITS, title=one.title,
                alt=words.plane(one),
            )
            for one in planes
        ),
        "zero_shot_planes",
    )  # fmt: skip
    st.caption(words.planes(planes))
    st.header("What the training looks like", anchor=False)
    inline(side_by_side(_charts(whole, alone)), "zero_shot_training")
    st.markdown(words.collapse(whole, alone))
    table = station.drawer("Both trainings as a table", ":material/table:", "zero_shot_moments")
    if table.open:
        with table:
            station.table(*words.moments(whole, alone))
    station.same_in_python(code.meeting(split, whole.how))
    downloads.drawer(lambda: files.of_planes(planes))


def plane(made: Setting, shown: str, title: str, pair: object) -> Plane:
    """Pictures that were kept aside, and their classes, by a state of the two networks.

    Args:
        made: whose pictures.
        shown: "seen" or "unseen" classes.
        title: of the state.
        pair: both networks.
    """
    known, division = made.animals, made.division
    places = (
        division.unseen
        if shown == "unseen"
        else division.seen[:: max(1, len(division.seen) // MOST)]
    )
    places = places[:MOST]
    mine = (division.aside | division.asked) & np.isin(known.labels, places)
    pictures = pair.pictures(made.fitted.rows.apply(known.rows[mine]))  # type: ignore[attr-defined]
    classes = pair.classes(made.fitted.signatures.apply(known.table.values[places]))  # type: ignore[attr-defined]
    both = np.concatenate([pictures, classes])
    _, sizes, directions = np.linalg.svd(both, full_matrices=False)
    points = both @ directions[:2].T
    points *= np.where(points.sum(axis=0) < 0, -1, 1)
    return Plane(
        title,
        points,
        np.concatenate([np.searchsorted(places, known.labels[mine]), np.arange(len(places))]),
        np.concatenate([np.zeros(len(pictures), np.intp), np.ones(len(classes), np.intp)]),
        tuple(known.table.classes[one] for one in places),
        float((sizes[:2] ** 2).sum() / (sizes**2).sum()),
    )


def _charts(whole: Setting, alone: Setting) -> list[str]:
    """Accuracy on training pictures, and how far apart the classes' scores are."""

    def lines(name: str) -> list[Line]:
        return [
            Line(title, [one.step for one in made.fitted.model.history],
                 [getattr(one, name) for one in made.fitted.model.history])
            for title, made in (("with negatives", whole), ("without", alone))
        ]  # fmt: skip

    return [
        chart(lines("spread"), "Spread of a picture's scores over the classes"),
        chart(lines("accuracy"), "Training pictures nearest to their class", unit="%"),
    ]


def _predicted(alone: Setting) -> bool:
    """Whether the visitor has said what happens without negatives; asks otherwise."""
    said = prediction.ask(QUESTION, words.WITHOUT, words.ENDS)
    if said is None:
        return False
    if said != SHOW:
        prediction.compare(QUESTION, said, words.ENDS[1], words.ended(alone))
    return True

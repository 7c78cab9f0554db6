"""Multitask learning: two tasks on the same pictures, a trunk that they share, branches of their own."""

import streamlit as st

from wsl_core.transfer.multitask import JOB
from wsl_core.web import station
from wsl_core.web.components import monitor
from wsl_core.web.multitask import downloads as files
from wsl_core.web.multitask import finished as look
from wsl_core.web.multitask import in_python as code
from wsl_core.web.multitask import training
from wsl_core.web.multitask import view as link
from wsl_core.web.multitask.view import MultitaskView

station.head(
    "Two tasks, one trunk",
    "Two questions are asked of the same pictures. Move the point at which the network branches, and see "
    "what each task gains or loses against learning alone.",
    MultitaskView,
)
monitor.linked(JOB)  # tells of a run in the link that is gone


def branch() -> None:
    """The branching point."""
    take_away(look.branch())


def sizes() -> None:
    """Data size and branching point."""
    take_away(look.sizes())


def train() -> None:
    """A training of one's own."""
    seen, view = training.show()
    if seen is not None:
        files.drawer(lambda: files.of(seen))
    station.same_in_python(code.training(view.request()))


def take_away(seen: look.Seen | None) -> None:
    """Downloads, and the same in Python."""
    if seen is not None:
        files.drawer(lambda: files.of(seen))
        station.same_in_python(code.finished(seen.view))


PARTS = {link.BRANCH: branch, link.SIZE: sizes, link.TRAIN: train, link.TABLE: look.table}

body = st.container()
station.lecture(
    "Multitask learning stands in the lecture's table where both source and target are labelled: there are "
    "labels for several tasks on the same pictures, and one network learns them all. The first layers are "
    "shared, the last ones belong to a task each. What one task needs of the trunk can serve the other, most "
    "of all when labels are few. It can also stand in its way; then each task would be better off alone, "
    "which is called negative transfer. R. Caruana gave the idea its name: the training signals of related "
    "tasks are used as an inductive bias.",
    "R. Caruana, Multitask learning, Machine Learning 28, 1997; A. Kendall et al., CVPR 2018; T. Yu et al., "
    "NeurIPS 2020",
)
with st.container(horizontal=True, gap="medium"):
    station.onward()


station.parts(PARTS, MultitaskView, "chapter", place=body)

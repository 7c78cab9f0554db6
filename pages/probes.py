"""Layer probes: features tapped off every layer, a linear classifier on each."""

import streamlit as st

from wsl_core.transfer.probes import JOB
from wsl_core.web import station
from wsl_core.web.components import monitor
from wsl_core.web.probes import finished as parts
from wsl_core.web.probes import in_python as probes_in_python
from wsl_core.web.probes import live as probes_live
from wsl_core.web.probes import table as probes_table
from wsl_core.web.probes import view as link
from wsl_core.web.probes.view import ProbesView

station.head(
    "What each layer knows",
    "Features are tapped off every layer of a network that learned ImageNet, and a linear classifier is put "
    "on each. How well it names classes that the network was never taught says how far the layer carries.",
    ProbesView,
)
monitor.linked(JOB)  # tells of a run in the link that is gone


def code() -> None:
    """The same in Python."""
    view = {name: st.session_state.get(name) for name in ("classifier", "layer", "beside")}
    usual = ProbesView()
    station.same_in_python(
        probes_in_python.finished(*(one or getattr(usual, name) for name, one in view.items()))
    )


def depth() -> None:
    """Accuracy against depth."""
    if found := parts.shipped():
        parts.depths(found)
        parts.files(found)
        code()


def examples() -> None:
    """Accuracy against examples of a class."""
    if found := parts.shipped():
        parts.few(found)
        parts.files(found)
        code()


def mistakes() -> None:
    """What is taken for what."""
    if found := parts.shipped():
        parts.mistakes(found, parts.where_it_lies)
        parts.files(found)
        code()


def own() -> None:
    """A measurement of one's own."""
    shown = probes_live.show()
    view = ProbesView() if shown is None else shown[1]
    if shown is not None:
        probes_live.look(shown[0])
        parts.files(shown[0])
    asked = view.request()
    data = asked.data if asked.data.startswith("example:") else "my-pictures"
    station.same_in_python(probes_in_python.live(data, asked.train, asked.splits, asked.size))


def table() -> None:
    """Published beside measured."""
    if found := parts.shipped():
        probes_table.show(found)
        code()


PARTS = {
    link.DEPTH: depth,
    link.EXAMPLES_PART: examples,
    link.MISTAKES: mistakes,
    link.OWN: own,
    link.TABLE: table,
}

body = st.container()
station.lecture(
    "Features can be tapped off at every layer. Zeiler and Fergus kept the first n layers of a network "
    "trained on ImageNet and put a linear support vector machine, or a soft-max, on top. On Caltech-101 and "
    "Caltech-256 accuracy rises layer by layer, and what comes out at the top beats everything that had been "
    "tuned for these sets, though nothing was trained on them but the last line.",
    "M. D. Zeiler, R. Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014 (arXiv "
    "1311.2901), table 7",
)
with st.container(horizontal=True, gap="medium"):
    station.onward()


station.parts(PARTS, ProbesView, "chapter", place=body)

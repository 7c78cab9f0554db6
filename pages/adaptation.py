"""Domain adaptation: from labelled pictures of one kind to unlabelled ones of another, live."""

import streamlit as st

from wsl_core.transfer.adaptation import JOB
from wsl_core.web import station
from wsl_core.web.adaptation import downloads as files
from wsl_core.web.adaptation import in_python as code
from wsl_core.web.adaptation import runs, struggle, training
from wsl_core.web.adaptation import sentences as words
from wsl_core.web.adaptation import table as adaptation_table
from wsl_core.web.adaptation import view as link
from wsl_core.web.adaptation import watch as adaptation_watch
from wsl_core.web.adaptation.figures import SEEN_ONLY
from wsl_core.web.adaptation.runs import Seen
from wsl_core.web.adaptation.view import AdaptationView
from wsl_core.web.components import monitor
from wsl_core.web.sentences import plain

station.head(
    "Labels from one world, pictures from another",
    "A network learns from labelled pictures and is then shown another kind, for which nobody has labels. "
    "Watch how it can learn for both at once: one part of it has to lose.",
    AdaptationView,
)


if sentence := runs.damaged():
    st.error(plain(sentence), icon=":material/error:")
monitor.linked(JOB)  # tells of a run in the link that is gone


def watch() -> None:
    """A finished run, alone or beside another one."""
    found = adaptation_watch.chosen()
    if not found:
        return
    if st.session_state.get("predict") and not adaptation_watch.predicted(found[0]):
        return
    look = adaptation_watch.show(found)
    take_away(found, look)


def take_away(found: list[Seen], look: int) -> None:
    """All looks as a table, downloads, the same in Python."""
    table = station.drawer("All looks as a table", ":material/table:", "looks")
    if table.open:
        with table:
            for one in found:
                st.markdown(f"**{plain(one.title())}**")
                for columns, rows in words.tables_of_looks(one):
                    station.table(columns, rows)
            st.caption(f"Target accuracy is {SEEN_ONLY}.")
    bases = [runs.baselines(one.run.pair, one.run.parameters.network) for one in found]
    files.drawer(lambda: files.of_run(found, look, adaptation_watch.shared(found, bases)))
    names = {one.name for one in runs.every()}
    station.same_in_python(code.watch(found[0], shipped=found[0].key in names))


def train() -> None:
    """A training of one's own."""
    seen, view = training.show()
    if seen is not None:
        take_away([seen], st.session_state.get("look", seen.count - 1))
    else:
        station.same_in_python(code.training(view.request()))


def fight() -> None:
    """Why the domain classifier should struggle."""
    if pair := struggle.show():
        station.same_in_python(code.struggle(pair))


def table() -> None:
    """Published beside measured."""
    adaptation_table.show()


PARTS = {link.WATCH: watch, link.TRAIN: train, link.STRUGGLE: fight, link.TABLE: table}

body = st.container()
station.lecture(
    "A classifier that was trained on one kind of pictures fails on another kind, though the task is the "
    "same. Domain-adversarial training adds a domain classifier behind a layer that turns the gradient "
    "round: it learns to tell the domains apart, and the features learn to make that impossible. This is a "
    "big network, but different parts have different goals. The domain classifier fails in the end; it "
    "should struggle. ADDA does the same in two trainings, image translation draws each picture in the "
    "other domain's manner, and subspace alignment only turns the source's principal directions onto the "
    "target's.",
    "Y. Ganin, V. Lempitsky, ICML 2015, and Y. Ganin et al., JMLR 17(59), 2016; E. Tzeng et al., CVPR 2017; "
    "Z. Murez et al., CVPR 2018; B. Fernando et al., ICCV 2013",
)
with st.container(horizontal=True, gap="medium"):
    station.onward()


station.parts(PARTS, AdaptationView, "chapter", place=body)

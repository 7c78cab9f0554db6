"""The parts that every station has: head, notices, the same in Python, what the lecture says."""

import contextlib
import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from pydantic import BaseModel

from wsl_core.web import controls, entrance, links, projector, tour
from wsl_core.web.glossary import entries
from wsl_core.web.lessons.taken import LessonView
from wsl_core.web.practical import seen, worksheet
from wsl_core.web.practical.view import PracticalView
from wsl_core.web.sentences import plain

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"


def head(title: str, sentence: str, *parameters: type[BaseModel]) -> None:
    """Title, the one sentence of what will be seen, and what the link asked for in vain.

    `parameters` are the models of all that the link holds; no two of them share a field.
    """
    entrance.through_app()
    controls.begin()
    worksheet.begin(parameters)
    projector.show()
    tour.bar(parameters)
    st.title(title, anchor=False)
    st.markdown(sentence)
    links.arrive(*parameters)
    models: tuple[type[BaseModel], ...]
    models = (*parameters, projector.ProjectorView, tour.TourView, LessonView, PracticalView)
    for model in models:
        for notice in links.restore(model):
            st.warning(plain(notice), icon=":material/link_off:")


def parts(
    known: Mapping[str, Callable[[], None]],
    model: type[BaseModel],
    name: str,
    *,
    place: Any = None,
    foot: Callable[[], None] | None = None,
) -> None:
    """Draw the part of the station that is chosen; moves within it run nothing else of the page.

    Args:
        known: what draws each part, by the value of the parameter that chooses it.
        model: of the parameter.
        name: of the parameter.
        place: container for the part; here, where none is given.
        foot: draws links at the foot of the page anew with every move, since they take along what is shown.
    """
    below = st.container() if foot else None

    @st.fragment
    def view() -> None:
        controls.begin()
        if foot and below:
            below.empty()  # a fragment may write only to what the page's own run has written to
            with below:
                foot()
        known[controls.lasting(model, name)]()

    with contextlib.nullcontext() if place is None else place:
        view()


def drawer(title: str, icon: str, key: str, *, expanded: bool = False) -> Any:
    """An expander whose contents are drawn once it is open: `if (one := drawer(...)).open: with one:`.

    What is closed costs neither the server nor the first sight of the page.
    """
    return st.expander(title, expanded=expanded, icon=icon, key=key, on_change="rerun")


@contextlib.contextmanager
def progress(what: str) -> Iterator[Callable[[float, str], None]]:
    """A bar that is there from the first report, `(share, doing)`, to the end."""
    place = st.empty()
    yield lambda share, doing: place.progress(share, plain(f"{what}: {doing}."))
    place.empty()


def same_in_python(code: str) -> None:
    """The lines that do in Python what the page shows."""
    shut = drawer("The same in Python", ":material/code:", "python")
    if shut.open:
        shut.code(code, language="python", wrap_lines=True)


def lecture(text: str, source: str) -> None:
    """What the lecture says, its source, and the terms that this station uses; below it the practical."""
    url = urlsplit(st.context.url or "").path.rsplit("/", 1)[-1]
    with st.expander("What the lecture says", icon=":material/school:"):
        st.markdown(text)
        st.markdown(f"*Source: {source}*")
        entries.of_station(url)
    # No fragment: a text that is left for a link to another page would leave that page empty.
    shut = drawer("Practical: predict, try, explain", ":material/edit_note:", "practical")
    if shut.open:
        with shut:
            worksheet.show(url)


def onward() -> None:
    """The way back to the map of the lecture."""
    st.page_link("pages/home.py", label="All stations of the lecture", icon=":material/map:")


def measured(name: str) -> list[dict[str, str]]:
    """Rows of a committed result file, nothing where this installation has none."""
    path = RESULTS / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figure(drawn: str, title: str = "") -> None:
    """A figure of HTML alone, of `wsl_core.figures`; one with SVG inside is for `components.inline`.

    `title` is what stands over it on the page: in a handout it needs it again.
    """
    seen.figure(drawn, title)
    st.html(drawn)


def table(columns: list[str], rows: list[list[str]]) -> None:
    """A small table as text: read by screen readers, wraps on a phone."""
    seen.table(columns, rows)
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    st.markdown("\n".join(lines))

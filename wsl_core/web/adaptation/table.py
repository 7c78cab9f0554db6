"""The part "table" of the Domain adaptation page: what was published, beside what was measured here."""

from collections.abc import Mapping, Sequence

import streamlit as st

from wsl_core import published
from wsl_core.errors import DatasetError
from wsl_core.figures import adaptation_results as results
from wsl_core.figures.adaptation_results import Measured
from wsl_core.web import downloads, station
from wsl_core.web.adaptation import ingredients
from wsl_core.web.adaptation import published as words
from wsl_core.web.downloads import Download
from wsl_core.web.sentences import plain

TRAININGS = "adaptation_trainings"
OTHERS = "adaptation, others"
CODE = """\
from wsl_core.figures import adaptation_results

for method, cells in adaptation_results.table("arXiv").items():  # or "JMLR": never mixed
    for pair, cell in cells.items():
        print(method, pair, cell.row.value, cell.row.status, cell.gap, cell.printed)
"""


def figures() -> list[Measured]:
    """All measured figures; a damaged file is said in a sentence."""
    try:
        return results.read(station.measured(results.FILE))
    except DatasetError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return []


def show() -> None:
    """The lecture's table, our figures pair by pair, each ingredient's share, and other published figures."""
    found = figures()
    if not found:
        st.info(words.ABSENT, icon=":material/table_chart_view:")
    _paper()
    _pairs("Measured here", words.LECTURE, found, f"{words.BASELINES} {words.SEEN}")
    _ingredients(found)
    _digits(found)
    _rest(found)
    _others()
    _files()
    station.same_in_python(CODE)


def _paper() -> None:
    """Both versions of the paper's table, apart."""
    st.header("The lecture's table", anchor=False)
    station.table(*words.paper("arXiv"))
    st.markdown(words.GAP)
    st.caption(f"From {words.sources('adaptation, arXiv')}")
    shut = station.drawer("The table of the later version, JMLR", ":material/table:", "jmlr")
    if shut.open:
        with shut:
            st.markdown(
                f"Both versions differ in every accuracy. Above stands {words.VERSIONS['arXiv']}; this is "
                f"{words.VERSIONS['JMLR']}. A row of one is never set beside a row of the other."
            )
            station.table(*words.paper("JMLR"))
            st.caption(f"From {words.sources('adaptation, JMLR')}")
            st.markdown(words.notes("adaptation, JMLR"))


def _pairs(
    heading: str,
    pairs: Mapping[str, tuple[str, ...]],
    found: Sequence[Measured],
    sentence: str = "",
) -> None:
    """Our figures, pair by pair, with bars of what was published."""
    if not found:
        return
    st.header(heading, anchor=False)
    if sentence:
        st.markdown(sentence)
    for dataset, names in pairs.items():
        st.subheader(dataset, anchor=False)
        for name in names:
            if len(names) > 1:
                st.markdown(f"**{words.pair_title(name)}**")
            _pair(name, dataset, found)


def _pair(name: str, dataset: str, found: Sequence[Measured]) -> None:
    own = results.of_pair(found, name)
    if not own:
        st.markdown(f"Not measured yet: `{words.COMMAND} --only {name} --write`.")
        return
    station.figure(words.chart(dataset, own))
    station.table(*words.measured(own))
    st.caption(plain(" ".join(filter(None, (words.circumstances(own), words.remarks(own))))))


def _ingredients(found: Sequence[Measured]) -> None:
    """What each part of the best recipe adds."""
    rows = ingredients.shares(found)
    if not rows:
        return
    st.header("What each ingredient adds", anchor=False)
    station.figure(ingredients.chart(rows))
    station.table(*ingredients.table(rows))
    st.caption(ingredients.sentence(rows))


def _digits(found: Sequence[Measured]) -> None:
    """The pairs of ADDA and of image translation."""
    st.header("ADDA and image translation", anchor=False)
    station.table(*words.plain(words.ADDA, words.TRANSLATION))
    st.caption(
        f"From {words.sources(words.ADDA, words.TRANSLATION)} Networks differ from row to row: the densely "
        f"connected one reaches more than most adapted small ones before anything is adapted."
    )
    _pairs("Measured here, small digits", words.DIGITS, found)


def _rest(found: Sequence[Measured]) -> None:
    """Pairs of which nothing was published."""
    shown = {name for names in (*words.LECTURE.values(), *words.DIGITS.values()) for name in names}
    rest = [one for one in dict.fromkeys(one.pair for one in found) if one not in shown]
    if rest:
        pairs = {words.pair_title(name): (name,) for name in rest}
        _pairs("Other pairs, measured here", pairs, found)


def _others() -> None:
    shut = station.drawer("Other published figures", ":material/list:", "others")
    if shut.open:
        with shut:
            station.table(*words.plain(OTHERS))
            st.caption(f"From {words.sources(OTHERS)}")
            st.markdown(words.notes(OTHERS))


def _files() -> None:
    files: list[Download] = [("Published (CSV)", published.csv_text, "published.csv", "text/csv")]
    for title, name in (("Measured (CSV)", results.FILE), ("Every training (CSV)", TRAININGS)):
        path = station.RESULTS / f"{name}.csv"
        if path.is_file():
            files.append((title, path.read_bytes, path.name, "text/csv"))
    downloads.drawer(lambda: files)

"""The part "table" of the Zero-shot page: published beside measured."""

from collections.abc import Sequence

import streamlit as st

from wsl_core import published
from wsl_core.web import downloads, station
from wsl_core.web.downloads import Download
from wsl_core.web.sentences import plain
from wsl_core.web.zero_shot import in_python as code
from wsl_core.web.zero_shot import table_sentences as words

FILE = "zero_shot"


def show() -> None:
    """Both tables, as far as they are there."""
    rows = station.measured(FILE)
    st.header("Measured here", anchor=False)
    if rows:
        _sections(words.measured(rows))
        st.caption(words.circumstances(rows))
    else:
        st.info(words.NOT_MEASURED, icon=":material/show_chart:")
    st.header("Published", anchor=False)
    _sections(words.papers())
    st.caption(words.papers_said())
    st.markdown(words.NOT_THE_SAME)
    files: list[Download] = [("Published (CSV)", published.csv_text, "published.csv", "text/csv")]
    path = station.RESULTS / f"{FILE}.csv"
    if path.is_file():
        files.append(("Measured (CSV)", path.read_bytes, path.name, "text/csv"))
    downloads.drawer(lambda: files)
    station.same_in_python(code.MEASURED)


def _sections(found: Sequence[words.Section]) -> None:
    for title, head, body in found:
        st.markdown(f"**{plain(title)}**")
        station.table(head, body)

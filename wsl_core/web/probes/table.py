"""The part "table" of the Layer probes page: what was published, beside what was measured here."""

import streamlit as st

from wsl_core import published
from wsl_core.transfer.probes import Probes
from wsl_core.web import downloads, station
from wsl_core.web.downloads import Download
from wsl_core.web.probes import sentences as words
from wsl_core.web.sentences import plain

FILE = "probes"


def show(found: Probes) -> None:
    """The lecture's table, what it beat, and ours."""
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Published: AlexNet's layers", anchor=False)
        station.table(*words.paper())
        sources = dict.fromkeys(one.source for one in published.rows(words.PUBLISHED))
        st.caption(
            f"From {plain('; '.join(sources))}. Caltech-101 with 30, Caltech-256 with 60 training pictures a "
            f"class. Lecture: {published.STATUS['lecture']} Reported: {published.STATUS['reported']}"
        )
        st.header("What that beat", anchor=False)
        station.table(*words.before())
        st.caption(published.STATUS["reported"])
    with right:
        st.header("Measured here: EfficientNet-Lite0's layers", anchor=False)
        station.table(*words.beside(found))
        st.caption(plain(words.counted(found)))
    st.markdown(
        "Not the same pictures, so the shape is what compares, not the level. Early layers know little of "
        "classes, deep ones most of it. On the large set the curve rises to the top; on the small one it is "
        "flat from layer 5 on. Soft-max and support vector machine differ least where the features are best."
    )
    files: list[Download] = [("Published (CSV)", published.csv_text, "published.csv", "text/csv")]
    path = station.RESULTS / f"{FILE}.csv"
    if path.is_file():
        files.append(("Measured (CSV)", path.read_bytes, path.name, "text/csv"))
    downloads.drawer(lambda: files)

"""Terms and papers as the page shows them, and the row of terms below a station."""

from collections.abc import Sequence

import streamlit as st

from wsl_core.glossary import Paper, Term, glossary
from wsl_core.web.stations import STATIONS

PAGE = "pages/glossary.py"


def of_station(url: str) -> None:
    """A row of links: the terms that a station uses. Nothing where it uses none."""
    if found := glossary().of_station(url):
        st.markdown("Terms of this station:")
        with st.container(horizontal=True, gap="small"):
            for one in found:
                st.page_link(PAGE, label=one.name, query_params={"term": one.name})


def term(one: Term) -> None:
    """A term with its papers and the stations that use it."""
    st.markdown(f"**{one.name}.** {one.sentence}")
    where = ", ".join(short(glossary().paper(key)) for key in one.papers)
    if where:
        st.caption(where)
    with st.container(horizontal=True, gap="small"):
        for station in STATIONS:
            if station.url in one.stations:
                st.page_link(station.page, label=station.title, icon=station.icon)


def terms(found: Sequence[Term]) -> None:
    """All of these, one below the other."""
    for number, one in enumerate(found):
        with st.container(border=True, key=f"term-{number}"):
            term(one)


def papers(found: Sequence[Paper]) -> None:
    """References, each with the terms that come from it."""
    for one in found:
        names = ", ".join(term.name for term in glossary().of_paper(one.key))
        note = f" *{one.note}*" if one.note else ""
        st.markdown(f"- {one.authors}: **{one.title}**, {one.where}.{note} ({names})")


def short(one: Paper) -> str:
    """A paper as sentences quote it: its first author, and where it came out."""
    first, *others = one.authors.split(", ")
    return f"{first}{' et al.' if len(others) > 1 else ''}, {one.where}"

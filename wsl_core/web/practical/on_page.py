"""The page of the handout: what there is by station, the way back, and the files."""

import datetime

import streamlit as st

from wsl_core.practical import Question, answers, practical
from wsl_core.web import links
from wsl_core.web.practical import kept, view
from wsl_core.web.practical.handout import Chapter, answer_sheet, handout
from wsl_core.web.practical.seen import Seen
from wsl_core.web.practical.worksheet import contents
from wsl_core.web.sentences import plain
from wsl_core.web.stations import STATIONS, Station


def name() -> None:
    """Ask for the student's name; it is kept on other pages, too."""
    st.text_input(
        "Your name, for the top of the handout",
        key=kept.NAME,
        max_chars=kept.LONGEST_NAME,
        persist_state="session",
        width=420,
    )


def take() -> None:
    """The file, once there is something in it."""
    found = [(one, kept.answered(practical().of_station(one.url))) for one in STATIONS]
    chapters = [Chapter(one.title, answered) for one, answered in found if answered]
    name = kept.name()  # the file is made where there is no session
    st.download_button(
        "Download the handout (HTML)",
        lambda: handout(name, _today(), chapters),
        "handout.html",
        "text/html",
        on_click="ignore",
        icon=":material/download:",
        type="primary",
        disabled=not chapters,
    )
    st.markdown(
        "It is one file that needs nothing else. Open it in a browser, whose *Print* makes a PDF of it."
    )
    if not chapters:
        st.markdown(
            "**Nothing is in it yet.** Open the worksheet of a station, write what you expect, and keep what "
            "you see."
        )


def teachers() -> None:
    """The answer sheet, or whose it is."""
    if not view.shown():
        st.info(view.REFUSED, icon=":material/lock:")
        return
    sheets = [(one.title, practical().of_station(one.url)) for one in STATIONS]
    st.download_button(
        "Download the answer sheet (HTML)",
        lambda: answer_sheet(_today(), sheets, answers()),
        "answer-sheet.html",
        "text/html",
        on_click="ignore",
        icon=":material/school:",
    )


def everything() -> None:
    """What was written and kept, by station."""
    for station in STATIONS:
        questions = practical().of_station(station.url)
        found = kept.answered(questions)
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.page_link(station.page, label=f"**{station.title}**", icon=station.icon)
            st.markdown(f"{len(found)} of {len(questions)} questions")
        for question, answer in found:
            with st.container(border=True, key=f"handout-{question.key}"):
                _answered(station, question, answer)


def _answered(station: Station, question: Question, answer: kept.Answered) -> None:
    st.markdown(question.predict)
    for label, text in (("You expect", answer.predict), ("You explain", answer.explain)):
        if text:
            st.markdown(f"**{label}.** {plain(text)}")
    for number, one in enumerate(answer.seen):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(
                station.page,
                label=f"What was seen, {number + 1}: {contents(one)}",
                icon=":material/arrow_back:",
                query_params=_address(one),
            )
            st.button(
                "Remove",
                icon=":material/delete:",
                key=f"remove-{question.key}-{number}",
                help=f"Remove what was seen, {number + 1}, from the handout.",
                on_click=kept.remove,
                args=(question.key, number),
            )
        for picture in one.pictures:
            st.image(picture.png, alt=picture.alt, width=220)


def _address(one: Seen) -> dict[str, str]:
    return one.link | ({links.ONWARD: ",".join(one.link)} if one.link else {})


def _today() -> str:
    return f"{datetime.date.today():%d %B %Y}".lstrip("0")

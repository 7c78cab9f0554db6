"""How a lesson is given away: its link, its QR code, its file."""

from urllib.parse import urlencode, urlsplit

import streamlit as st

from wsl_core.errors import ParameterError
from wsl_core.figures import qr
from wsl_core.web.lessons import reading, taken
from wsl_core.web.lessons.lesson import Lesson
from wsl_core.web.sentences import plain

DENSE = 101  # modules a side beyond which phones have to be held close
OWN = ("127.0.0.1", "localhost", "::1")


def show(lesson: Lesson) -> None:
    """The link and the code of a lesson that has steps."""
    st.header("For your class", anchor=False)
    if not lesson.steps:
        st.markdown("The link and its QR code stand here once there is a step.")
        return
    address = st.text_input(
        "Address of this program for the class",
        here(),
        key="lesson_base",
        help="As the class types it: the address of this machine in the network, not 127.0.0.1.",
    )
    try:
        address = rooted(address)
    except ParameterError as error:
        st.error(plain(str(error)), icon=":material/link_off:")
        return
    if urlsplit(address).hostname in OWN:
        st.info(
            "This address is your own machine's alone. Start the program with *make serve*, and put the "
            "address that it prints here.",
            icon=":material/lan:",
        )
    link = link_of(lesson, address)
    st.code(link, language=None, wrap_lines=True)
    st.page_link("pages/home.py", label="Try it", icon=":material/play_arrow:",
                 query_params={taken.NAME: lesson.packed()})  # fmt: skip
    code(link)
    st.download_button(
        "Keep the lesson as a file (JSON)", reading.written(lesson), "lesson.json", "application/json",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    st.markdown("The lesson is in the link and in the file; nothing of it is kept on the server.")


def here() -> str:
    """The root of this program, as this tab has it."""
    parts = urlsplit(st.context.url or "")
    root = parts.path.rsplit("/", 1)[0]
    return f"{parts.scheme}://{parts.netloc}{root}"


def rooted(address: str) -> str:
    """A typed address as a phone takes it for one: with its scheme, without a slash at its end.

    Raises:
        ParameterError: it is none.
    """
    text = address.strip()
    text = (text if "://" in text else f"http://{text}").rstrip("/")
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise ParameterError(
            f"{address!r} is no address of a server. Accepted is one such as http://192.168.1.20:8501. Type "
            f"the one that the class opens."
        )
    return text


def link_of(lesson: Lesson, address: str) -> str:
    """The one link: the program's first page, which begins the lesson."""
    return f"{rooted(address)}/?{urlencode({taken.NAME: lesson.packed()})}"


def code(link: str) -> None:
    """The QR code, with a sentence where it is hard to read or cannot be."""
    try:
        side = qr.modules(link)
        picture = qr.png(link, scale=max(4, 480 // side))
    except ParameterError as error:
        st.error(plain(str(error)), icon=":material/qr_code_2:")
        return
    st.image(picture, alt="QR code of the lesson's link", width="stretch")
    st.markdown(f"{len(link):,} characters, {side} × {side} modules.")
    if side > DENSE:
        st.warning(
            "So fine a code is read only from near by. Fewer steps or shorter texts make it coarser; or show "
            "it large, or give the link.",
            icon=":material/qr_code_2:",
        )

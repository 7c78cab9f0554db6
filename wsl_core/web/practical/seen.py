"""What a station shows at one moment: its tables, figures and pictures, its settings and its link.

It is taken down only where somebody asked to keep it: the page then runs once more from its head, since its
fragments are drawn apart from each other, and everything that it draws in that run is what is seen.
"""

import contextlib
import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import streamlit as st
from pydantic import BaseModel
from streamlit.runtime.scriptrunner import StopException

from wsl_core.errors import WslError
from wsl_core.web import links
from wsl_core.web.practical.painted import smaller

ASKED = "practical_keep"  # in the session: the question for which what is seen is to be kept
TAKEN = "practical_seen"  # in the session, for one run: what is taken down
RUN = "run"  # in the address of a training of one's own, beside the station's parameters
PICTURES = 6  # kept at a time, of those that a page draws
FILES = 2  # of those that it only offers
ROWS = 60  # of a kept table

Table = tuple[list[str], list[list[str]]]
Drawn = tuple[Callable[[], bytes], str, str]  # what makes a PNG file; title and words for it
Offered = tuple[str, Callable[[], bytes | str], str, str]  # as `downloads.Download`


@dataclass(frozen=True)
class Picture:
    """A picture file.

    Attributes:
        png: the file.
        title: what it is, under it.
        alt: what it shows, in words.
    """

    png: bytes
    title: str
    alt: str


@dataclass
class Seen:
    """What was there to be seen.

    Attributes:
        address: of the page in the visitor's browser, with its state.
        link: state of the station, as its address holds it.
        settings: title and value of each parameter that is not as the station begins, and of what its link
            cannot hold.
        tables: columns and rows, in Markdown.
        figures: HTML of `wsl_core.figures`, in which every text is escaped.
        pictures: PNG files.
    """

    address: str
    link: dict[str, str]
    settings: list[tuple[str, str]]
    tables: list[Table] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        text = sum(len(cell) for columns, rows in self.tables for cell in sum(rows, columns))
        return text + sum(map(len, self.figures)) + sum(len(one.png) for one in self.pictures)


@dataclass
class _Taken:
    """One run of a page that is taken down."""

    models: Sequence[type[BaseModel]]
    settings: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    pictures: list[Drawn] = field(default_factory=list)
    offers: list[Callable[[], Sequence[Offered]]] = field(default_factory=list)


def ask(key: str) -> None:
    """Before a run of the whole page: at its end what is seen is kept for the question `key`."""
    st.session_state[ASKED] = key


def begin(models: Sequence[type[BaseModel]]) -> None:
    """The run of a whole page begins; `models` are of all that its link holds."""
    if ASKED in st.session_state:
        st.session_state[TAKEN] = _Taken(models)


def setting(title: str, value: str) -> None:
    """Something is set that no link can hold."""
    if taken := _taken():
        taken.settings.append((title, value))


def table(columns: list[str], rows: list[list[str]]) -> None:
    """A table is drawn."""
    if taken := _taken():
        more = [["…"] * len(columns)] if len(rows) > ROWS else []
        taken.tables.append((list(columns), [list(row) for row in rows[:ROWS]] + more))


def figure(drawn: str, title: str = "") -> None:
    """A figure is drawn, as HTML of `wsl_core.figures`; `title` is what the page has over it."""
    if taken := _taken():
        over = f"<p><strong>{html.escape(title)}</strong></p>" if title else ""
        taken.figures.append(over + drawn)


def picture(make: Callable[[], bytes], title: str, alt: str) -> None:
    """A picture is drawn, which `make` gives as a PNG file; `alt` says in words what it shows."""
    if taken := _taken():
        taken.pictures.append((make, title, alt))


def offer(files: Callable[[], Sequence[Offered]]) -> None:
    """A page has files to take away: `files` says which, once it is called.

    Its pictures are kept where the page draws nothing that can be kept itself.
    """
    if taken := _taken():
        taken.offers.append(files)


@contextlib.contextmanager
def whole_page(keep: Callable[[str, Seen], None]) -> Iterator[None]:
    """Around the run of a page: at its end, `keep` is given the question and what is seen, if that was asked.

    A page that stops at an error is kept as far as it came; one that begins anew is waited for.
    """
    try:
        yield
    except StopException:
        _end(keep)
        raise
    _end(keep)


def _taken() -> _Taken | None:
    taken: _Taken | None = st.session_state.get(TAKEN)
    return taken


def _end(keep: Callable[[str, Seen], None]) -> None:
    if (taken := st.session_state.pop(TAKEN, None)) is None:
        return
    key = st.session_state.pop(ASKED)
    query = st.query_params.to_dict()
    link = {
        name: value
        for name, value in query.items()
        if name == RUN or any(name in model.model_fields for model in taken.models)
    }
    settings = [*taken.settings, *_settings(taken.models, link)]
    page = urlsplit(st.context.url or "")._replace(query=urlencode(link), fragment="").geturl()
    found = Seen(page, link, settings, taken.tables, taken.figures)
    found.pictures.extend(_pictures(taken, settings))
    keep(key, found)


def _settings(models: Sequence[type[BaseModel]], link: dict[str, str]) -> Iterator[tuple[str, str]]:
    for model in models:
        given, _ = links.parse(model, link)
        for name, one in model.model_fields.items():
            if (value := getattr(given, name)) != one.default:
                yield one.title or name, links.as_text(value)


def _pictures(taken: _Taken, settings: list[tuple[str, str]]) -> Iterator[Picture]:
    """What the page draws, or else the first of the PNG files that it offers."""
    for make, title, alt in taken.pictures[:PICTURES]:
        yield Picture(make(), title, alt)
    if taken.pictures or taken.figures:
        return
    state = "; ".join(f"{title}: {value}" for title, value in settings)
    found = [one for files in taken.offers for one in files() if one[3] == "image/png"]
    for label, give, _, _ in found[:FILES]:
        with contextlib.suppress(WslError):  # the page says why, where it is drawn
            file = give()
            if isinstance(file, bytes):
                title = label.removesuffix(" (PNG)")
                yield Picture(smaller(file), title, f"{title}. {state}." if state else f"{title}.")

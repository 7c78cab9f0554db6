"""The part "neighbours" of the Retrieval page, for any collection: neighbours, votes, matching cells."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.figures.marks import Mark
from wsl_core.images import Photo
from wsl_core.networks import Placement
from wsl_core.transfer.retrieval import Neighbour
from wsl_core.transfer.retrieval.comparison import LEARNED, RANDOM
from wsl_core.web import pictures, prediction, station
from wsl_core.web.components.canvas import Panel, canvas
from wsl_core.web.controls import lasting, recall, remember
from wsl_core.web.marks_legend import legend
from wsl_core.web.retrieval import sentences as words
from wsl_core.web.retrieval import shown as page
from wsl_core.web.retrieval.region import region
from wsl_core.web.retrieval.shown import Asked, Matching, Shown
from wsl_core.web.retrieval.strip import Tile, strip
from wsl_core.web.retrieval.view import OTHERS, YOURS, RetrievalView, region_of
from wsl_core.web.sentences import plain
from wsl_core.web.sliding_window.shown import token

COMPONENT = "query"
QUESTION = "pixels"  # the prediction's name
ASKED_OF = "retrieval_asked"  # in the session: of what the prediction was


@dataclass(frozen=True)
class Found:
    """The neighbours of what asks, by kind."""

    asked: Asked
    by_kind: dict[str, list[Neighbour]]

    @property
    def learned(self) -> list[Neighbour]:
        """The network's."""
        return self.by_kind[LEARNED]


def suited() -> None:
    """Another collection was chosen: digits are asked with a digit, things with the visitor's picture."""
    digits = st.session_state.get("collection") == "digits"
    st.session_state["ask"] = OTHERS if digits else YOURS


def who_asks(shown: Shown, *, gallery_class: Callable[[str | None], str | None]) -> Asked | None:
    """Ask for the picture, and for a region of it; a refusal is shown in place.

    Args:
        shown: the collection.
        gallery_class: the class that a gallery picture has in it.
    """
    how = lasting(RetrievalView, "ask")
    if how == OTHERS:
        number = _number(len(shown.names)) - 1
        st.caption(plain(f"{number + 1} of {len(shown.names):,}: {shown.names[number]}"))
        try:
            photo = shown.photo(number)
        except WslError as error:
            st.error(plain(str(error)), icon=":material/broken_image:")
            return None
        label, title, key = shown.labels[number], shown.names[number], None
    else:
        chosen = pictures.choose()
        number, photo, title, key = None, chosen.photo, chosen.title, chosen.key
        label = gallery_class(key)
    return _with_region(Asked(photo, title, label, None, number, key))


def _number(count: int) -> int:
    """Which picture of so many asks, counted from 1."""
    field = RetrievalView.model_fields["number"]
    recall("number")
    if int(st.session_state.get("number") or 1) > count:  # of a larger collection
        st.session_state["number"] = count
    found = st.number_input(
        field.title or "", 1, count, key="number", help=field.description, bind="query-params"
    )
    return int(remember("number", found))


def _with_region(asked: Asked) -> Asked:
    field = RetrievalView.model_fields["region"]
    recall("region")
    text = remember(
        "region",
        st.text_input(
            "Region: left, top, width, height",
            key="region",
            bind="query-params",
            help=field.description,
            placeholder="the whole picture",
        ),
    )
    try:
        box = region_of(text or "", asked.photo)
    except WslError as error:
        st.warning(plain(f"{error} The whole picture asks meanwhile."), icon=":material/crop:")
        box = None
    return Asked(asked.photo, asked.title, asked.label, box, asked.number, asked.key)


def _drawn() -> None:
    """A region was drawn: it goes into its field, and so into the link."""
    found = st.session_state[COMPONENT].region
    st.session_state["region"] = ",".join(f"{n:g}" for n in found or ())


def picture(asked: Asked) -> None:
    """What asks, and the region to be drawn on it."""
    photo = asked.photo
    region(
        pictures.jpeg(photo),
        (photo.height, photo.width),
        asked.region,
        key=COMPONENT,
        alt=f"What asks: {asked.title}.",
        on_region=_drawn,
    )


def rows(shown: Shown, asked: Asked) -> Found | None:
    """The neighbours by the network, without training, and by pixels; None while they are hidden."""
    predict = bool(st.session_state.get("predict"))
    if st.session_state.get(ASKED_OF) != (shown.key, asked.token):
        prediction.again(QUESTION)
        st.session_state[ASKED_OF] = shown.key, asked.token
    said = None
    if predict:
        said = prediction.ask(QUESTION, words.QUESTION, words.OPTIONS)
        if said is None:
            return None
    places = {kind: st.container(key=f"row-{kind}") for kind in words.kinds()}
    found: dict[str, list[Neighbour]] = {}
    # The network without training comes last: where it was never exported it takes a while.
    for kind in sorted(places, key=lambda one: one == RANDOM):
        with places[kind]:
            st.markdown(f"**{words.TITLES[kind]}**", help=words.ABOUT[kind])
            try:
                found[kind] = page.neighbours(shown, kind, asked)
            except WslError as error:
                st.warning(plain(str(error)), icon=":material/error:")
                continue
            tiles = [tile(shown, asked, one) for one in found[kind]]
            station.figure(strip(tiles), words.TITLES[kind])
            if sentence := words.vote(page.voted(found[kind]), asked):
                st.markdown(sentence)
    if LEARNED not in found:
        return None
    done = Found(asked, {kind: found[kind] for kind in places if kind in found})
    if said is not None and words.PIXELS in found:
        common = page.in_common(done.learned, found[words.PIXELS])
        prediction.compare(QUESTION, said, words.option(common), words.answer(common))
    return done


def tile(shown: Shown, asked: Asked, one: Neighbour) -> Tile:
    """A neighbour as it is drawn."""
    known = asked.label is not None and one.label is not None
    return Tile(
        page.thumbnail(shown, one.number),
        shown.names[one.number],
        one.label or shown.names[one.number],
        one.similarity,
        one.label == asked.label if known else None,
    )


def closely(shown: Shown, found: Found) -> None:
    """Which cells make a neighbour alike: both pictures, the numbered pairs, the sums."""
    st.header("Which cells make them alike", anchor=False)
    left, right = st.columns([3, 2], gap="large", vertical_alignment="bottom")
    with left:
        rank = int(lasting(RetrievalView, "rank"))
    with right:
        opacity = float(lasting(RetrievalView, "opacity"))
    near = found.learned[min(rank, len(found.learned)) - 1]
    try:
        match = page.matching(shown, found.asked, near.number)
        other = shown.photo(near.number)
    except WslError as error:
        st.warning(plain(str(error)), icon=":material/broken_image:")
        return
    st.markdown(words.SUMS)
    titles = (found.asked.title, shown.names[near.number])
    columns = st.columns(2, gap="large")
    heats = (match.asked, match.found)
    for k, (column, photo) in enumerate(zip(columns, (found.asked.photo, other), strict=True)):
        with column:
            _painted(
                match,
                k,
                titles[k],
                photo,
                opacity,
                token(shown.key, found.asked.token, rank, k, opacity),
            )
    drawn = marks(match, 0, heats[0].placements[-1])
    if drawn:
        st.html(legend(drawn[:1]))
    st.markdown(words.paired(match))
    st.markdown(words.equal(match))
    sizes = shown.comparison.learned.card.descriptor.sizes
    station.table(*words.sums(match, sizes))


def _painted(
    match: Matching, side: int, title: str, photo: Photo, opacity: float, name: str
) -> None:
    one = (match.asked, match.found)[side]
    canvas(
        pictures.jpeg(photo),
        one.placements[-1],
        [
            Panel(
                title=short(title),
                score=f"sum {words.number(one.similarity)}",
                values=match.panel(one),
                alt=words.cells_alt(one, title),
                marks=marks(match, side, one.placements[-1]),
            )
        ],
        scale=match.scale,
        key=f"cells-{side}",
        token=name,
        opacity=opacity,
        unit=words.UNIT,
        measure="thousandths",
        hint="Point at a cell, or focus the picture and use the arrow keys.",
    )


def short(title: str) -> str:
    """Short enough for a head line."""
    return title if len(title) <= 40 else f"{title[:39]}…"


def marks(match: Matching, side: int, placement: Placement) -> list[Mark]:
    """The numbered cells of one of both pictures, as boxes in its pixels."""
    found = []
    for number, one in enumerate(match.pairs or (), 1):
        row, column = (one.asked, one.found)[side]
        top, bottom = placement.down.edges(row)
        left, right = placement.across.edges(column)
        found.append(Mark("pair", (left, top, right, bottom), str(number)))
    return found

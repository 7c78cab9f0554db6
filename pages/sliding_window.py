"""Sliding window: a classifier moved over a picture is a convolution."""

from typing import Any

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.fcn import sliding_window, unconverted
from wsl_core.fcn.sliding_window import SlidingWindow
from wsl_core.figures import Scale
from wsl_core.web import class_choice, downloads, forward, pictures, station
from wsl_core.web.components.canvas import canvas
from wsl_core.web.components.drawing import drawing
from wsl_core.web.controls import lasting
from wsl_core.web.sentences import plain
from wsl_core.web.sliding_window import digits, evidence, panels
from wsl_core.web.sliding_window import downloads as sliding_downloads
from wsl_core.web.sliding_window import in_python as sliding_in_python
from wsl_core.web.sliding_window import sentences as words
from wsl_core.web.sliding_window import shown as page
from wsl_core.web.sliding_window.shown import SlidingWindowView

station.head(
    "A window that slides is a convolution",
    "A classifier that was trained on small pictures can be moved over a large one, window by window. "
    "Its fully connected layers, read as convolutions, answer for every window in one pass.",
    SlidingWindowView,
)

KEPT = "window_kept"  # in the session: it outlasts the parts that show no window


def keep_window() -> None:
    """A chosen cell is kept: the window nearest to it goes into the link."""
    finer = st.session_state.get("finer", 1)
    cell = page.window_of_cell(st.session_state.windows.cell, finer)
    st.query_params["cell"] = st.session_state[KEPT] = cell


def write_digits() -> None:
    """Ten maps of a paper on which one writes."""
    left, right = st.columns([3, 1], gap="large")
    with left:
        scene = lasting(SlidingWindowView, "scene", on_change=digits.take)
    with right:
        shown = lasting(SlidingWindowView, "maps")
    written = digits.current(scene)
    try:
        paper = digits.photo(written)
        network = forward.network(digits.PARAMETERS.network)
        maps = forward.class_maps(paper, digits.PARAMETERS)
        equal = digits.checked(network, paper, maps)
    except WslError as error:
        forward.refuse(error)
    with left:
        drawing(
            written.png,
            maps.picture_size,
            base=written.base,
            version=written.version,
            reading=digits.reading(maps),
            scale=Scale.of([maps.logits]),
            probability=shown == "probability",
            pen=digits.PEN,
            key=digits.COMPONENT,
            token=page.token(maps.digest, shown, written.base, written.version),
            hint="Write digits about as large as the square under the pointer, which is one window.",
            on_picture=digits.keep,
        )
    with right:
        if sentence := st.session_state.get("paper_refused"):
            st.warning(plain(sentence), icon=":material/draw:")
        st.markdown(digits.equality(equal))
        found = digits.found(maps)
        table = station.drawer("Found, as a table", ":material/table:", "found")
        if table.open and found:
            with table:
                station.table(["digit", "probability", "across", "down"], digits.rows(found))
        elif table.open:
            table.markdown("No digit was found.")
        downloads.drawer(lambda: digits.downloads(written, maps))
    station.same_in_python(digits.in_python(scene, written))


def slide_a_window() -> None:
    """A window on a photograph, and the cell that answers it."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        chosen, view, likely = ask("finer", "opacity", "point")
    with left:
        maps = forward.class_maps(chosen.photo, view.looked())
        network = forward.network(view.network)
        try:
            window = SlidingWindow.of(network, chosen.photo, view.size)
            with station.progress("Shift and stitch") as report:
                finer = page.finer_maps(network, chosen.photo, view, report)
        except WslError as error:
            forward.refuse(error)
        one = page.slid(maps, window, view, finer)
        class_choice.likely(likely, maps, one.index)
        pinned = page.pinned_window(view, window)
        canvas(
            pictures.jpeg(chosen.photo),
            one.placement,
            [panels.window_panel(one, chosen, pinned)],
            scale=page.window_scale(one),
            key="windows",
            token=page.token(maps.digest, *view.model_dump().values()),
            opacity=view.opacity,
            smooth=False,
            pinned=pinned and one.cell_of(*pinned),
            places=view.point == page.A_PLACE,
            bounded=True,
            hint="Point at the picture, or focus it and use the arrow keys; click or Enter keeps a window.",
            on_cell=keep_window,
        )
        st.markdown(words.window_sentence(one))
        if caution := sliding_window.caution(network):
            st.info(plain(caution), icon=":material/visibility:")
        st.markdown(chosen.caption)
        if chosen.credit:
            st.caption(chosen.credit)
    st.header("The window by itself", anchor=False)
    place = pinned or page.highest_window(one)
    keep_to_one(one, chosen, view, place)
    table = station.drawer("All windows as a table", ":material/table:", "table")
    if table.open:
        with table:
            st.dataframe(words.window_table(one), hide_index=True, key="cells")
    downloads.drawer(lambda: sliding_downloads.of_windows(one, chosen, place))
    station.same_in_python(sliding_in_python.window(view, chosen, one.index, place))


def keep_to_one(
    one: page.Slid, chosen: pictures.Chosen, view: SlidingWindowView, place: tuple[int, int]
) -> None:
    """The crop, what the unconverted network says of it, what the dense cell says, and why they differ."""
    network = forward.network(view.network)
    crop = page.crop(chosen.photo, one.window, place)
    alone = forward.class_maps(crop, page.alone(view))
    found = page.difference(network, chosen, one, place, alone)
    left, middle, right = st.columns([1, 2, 1], gap="large")
    row, column = place[0] + 1, place[1] + 1
    left.image(
        pictures.jpeg(crop),
        alt=f"The crop of row {row}, column {column}: {one.window.side} by {one.window.side} pixels.",
        caption=f"Row {row}, column {column}",
        width="stretch",
    )
    with middle:
        station.table(
            ["rank", "the crop alone, unconverted", "the same window in one pass"],
            words.beside(alone.top(5), page.dense_top(one, *place)),
        )
        st.markdown(
            words.difference_sentence(
                found, one.name, one.window.side, network.geometry().receptive_field
            )
        )
    with right:
        panel = panels.difference_panel(found, one.name)
        canvas(
            pictures.jpeg(crop),
            alone.placement,
            [panel],
            scale=Scale.of([panel.values]),
            key="difference",
            token=page.token(alone.digest, one.index, *view.model_dump().values()),
            smooth=False,
            unit="logits. Red where the crop says more, blue where it says less, clear where both agree.",
            hint="Crop minus whole picture, cell by cell.",
        )


def resize() -> None:
    """The lecture's naive transfer beside any size."""
    with st.container(key="transfer-controls"):
        controls, says = st.columns([2, 3], gap="large")
        with controls:
            chosen, view, likely = ask("opacity")
    network = forward.network(view.network)
    squeezed = unconverted.squeezed(network, chosen.photo)
    small = forward.class_maps(squeezed, page.alone(view))
    maps = forward.class_maps(chosen.photo, view.looked())
    index = page.most_likely(maps, view)
    class_choice.likely(likely, maps, index)
    both = unconverted.Transfers(small, maps)
    both_panels = [panels.transfer_panel(one, index, chosen) for one in (small, maps)]
    scale = Scale.of([panel.values for panel in both_panels])
    with says:
        st.markdown(words.transfer_sentence(both))
        fed = (page.as_fed(squeezed), small), (chosen.photo, maps)
        for column, (photo, one), panel, key in zip(
            st.columns(2), fed, both_panels, ("squeezed", "kept"), strict=True
        ):
            with column:
                canvas(
                    pictures.jpeg(photo),
                    page.on(photo, one),
                    [panel],
                    scale=scale,
                    key=key,
                    token=page.token(key, one.digest, *view.model_dump().values()),
                    opacity=view.opacity,
                    smooth=False,
                    unit="logits, one scale for both. Blue speaks against the class, red for it.",
                    hint="Point at a cell.",
                )
        station.table(
            ["rank", *(panel.title for panel in both_panels)],
            words.beside(small.top(5), maps.top(5)),
        )
    station.same_in_python(sliding_in_python.transfer(view, chosen, index))


def ask(*more: str) -> tuple[pictures.Chosen, SlidingWindowView, Any]:
    """The controls of a photograph, its network and a class; also where the likely classes go."""
    chosen = pictures.choose()
    asked = {"network": lasting(SlidingWindowView, "network")}
    st.markdown("**What the network says**")
    likely = st.container(key="likely", horizontal=True, gap="small")
    asked["first"] = class_choice.ask(SlidingWindowView)
    asked |= {name: lasting(SlidingWindowView, name) for name in ("size", *more)}
    asked["cell"] = kept_window()
    return chosen, SlidingWindowView.model_validate(asked), likely


def kept_window() -> str:
    """The window in the link; where another part left it out, the one that was kept."""
    cell: str = st.query_params.get("cell", st.session_state.get(KEPT, ""))
    if cell and "cell" not in st.query_params:
        st.query_params["cell"] = cell
    st.session_state[KEPT] = cell
    return cell


PARTS = {
    page.DIGITS: write_digits,
    page.WINDOW: slide_a_window,
    page.ANY_SIZE: resize,
    page.OBJECTS: evidence.where_objects_lie,
    page.LAYERS: evidence.fully_connected,
    page.RACE: evidence.race,
}


station.parts(PARTS, SlidingWindowView, "part")
station.lecture(
    "A classifier ends in fully connected layers, so it takes pictures of one size only. But a fully "
    "connected layer over 7 × 7 × 512 features is a convolution with filters of 7 × 7 × 512 that happens "
    "to fit once; given a larger picture it fits many times, and every place it fits is a window that "
    "the classifier would have been slid to. One pass shares all the work that neighbouring windows have "
    "in common. From here the lecture goes from one answer a picture to a map of answers.",
    "P. Sermanet et al., OverFeat, ICLR 2014; J. Long, E. Shelhamer, T. Darrell, Fully Convolutional "
    "Networks for Semantic Segmentation, CVPR 2015",
)
station.onward()

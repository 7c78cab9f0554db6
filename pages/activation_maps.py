"""Activation maps: which regions of a picture make which class."""

import streamlit as st

from wsl_core.fcn.activation_maps import cell_sum, verdict
from wsl_core.networks import CARDS, ClassMaps
from wsl_core.web import class_choice, downloads, forward, own_heads, pictures, station
from wsl_core.web.activation_maps import downloads as files
from wsl_core.web.activation_maps import shown as page
from wsl_core.web.activation_maps.attribution_drawer import pixel_by_pixel, read_link
from wsl_core.web.activation_maps.attributions import AttributionView
from wsl_core.web.activation_maps.shown import ActivationMapView
from wsl_core.web.components.canvas import canvas
from wsl_core.web.controls import control
from wsl_core.web.sentences import plain


def keep_cell() -> None:
    """A chosen cell is the guess of the exercise, or is kept and goes into the link."""
    row, column = st.session_state.canvas.cell
    if st.session_state.get("predict") and "guess" not in st.session_state:
        st.session_state.guess = (row, column)
    else:
        st.query_params["cell"] = f"{row + 1},{column + 1}"


def new_guess() -> None:
    """Hide the map again."""
    st.session_state.pop("guess", None)


station.head(
    "Which regions make which class?",
    "The network has looked at the whole picture at once. Red regions speak for the class, blue ones "
    "against it; their mean is the score. Point at a cell to see what it holds.",
    ActivationMapView,
    AttributionView,
)
read_link()
left, right = st.columns([3, 2], gap="large")
below = st.container()


@st.fragment
def view() -> None:
    """The picture and its controls; only this runs again when one of them moves."""
    below.empty()  # a fragment may later write only to what the page's own run has written to
    head = own_heads.chosen()
    classes = head.card.class_names if head else None
    with right:
        chosen = pictures.choose()
        network = head.card.network if head else control(ActivationMapView, "network")
        st.markdown(f"**What the {'head' if head else 'network'} says**")
        likely = st.container(key="likely", horizontal=True, gap="small")
        first = class_choice.ask(ActivationMapView, classes=classes)
        show = control(ActivationMapView, "view")
        second = (
            class_choice.MOST_LIKELY
            if show == page.ONE
            else class_choice.ask(ActivationMapView, "second", classes)
        )
        with st.container(horizontal=True):
            opacity = control(ActivationMapView, "opacity")
            threshold = control(ActivationMapView, "threshold")
        drawing = control(ActivationMapView, "drawing")
        with st.container(horizontal=True, key="switches"):
            own = control(ActivationMapView, "own")
            predict = control(ActivationMapView, "predict", on_change=new_guess)
        with st.expander("Size and scales", icon=":material/zoom_out_map:"):
            size = control(ActivationMapView, "size")
            scales = control(ActivationMapView, "scales")
            mirror = control(ActivationMapView, "mirror")
    cell = st.query_params.get("cell", "")
    asked = ActivationMapView.model_validate(
        {
            "network": network, "first": first, "second": second, "view": show, "opacity": opacity,
            "threshold": threshold, "drawing": drawing, "own": own, "predict": predict, "size": size,
            "scales": scales, "mirror": mirror, "picture": chosen.key or "cat", "cell": cell,
            "head": st.query_params.get(own_heads.KEY, "") if head else "",
        }
    )  # fmt: skip
    with left:
        maps: ClassMaps
        if head:
            own_heads.about(head)
            maps = own_heads.class_maps(chosen.photo, head, asked)
        else:
            maps = forward.class_maps(chosen.photo, asked)
    class_choice.likely(likely, maps, page.shown_classes(maps, asked)[0])
    with left:
        picture(asked, chosen, maps)
    with below:
        details(asked, chosen, maps)


def picture(asked: ActivationMapView, chosen: pictures.Chosen, maps: ClassMaps) -> None:
    """First level: the picture, its map, and any cell under the pointer."""
    guess = st.session_state.get("guess") if asked.predict else None
    hidden = asked.predict and guess is None
    index, _ = page.shown_classes(maps, asked)
    if hidden:
        st.markdown(
            f"Where does **{maps.classes.titles[index]}** have its peak? Click there, or move with the "
            "arrow keys and press Enter."
        )
    shown = page.panels(maps, asked, chosen)
    canvas(
        pictures.jpeg(chosen.photo),
        maps.placement,
        shown,
        scale=page.scale(maps, asked, shown),
        key="canvas",
        token=page.token(asked, maps, guess),
        opacity=asked.opacity,
        smooth=asked.drawing == "smooth",
        hidden=hidden,
        pinned=guess or page.pinned_cell(maps, asked),
        hint="Point at a cell, or focus the picture and use the arrow keys; click or Enter keeps it.",
        on_cell=keep_cell,
    )
    if guess:
        st.info(page.guess_sentence(maps, index, guess), icon=":material/target:")
        st.button("Guess again", on_click=new_guess, icon=":material/replay:")
    elif not hidden and (sentence := verdict(maps.map(index))):
        st.warning(sentence, icon=":material/info:")
    if caution := forward.caution(asked.network):
        st.info(plain(caution), icon=":material/visibility:")
    st.markdown(chosen.caption)
    if chosen.credit:
        st.caption(chosen.credit)


def details(asked: ActivationMapView, chosen: pictures.Chosen, maps: ClassMaps) -> None:
    """Second and third level: the score as a sum of cells, a cell as a sum of channels."""
    if asked.predict and "guess" not in st.session_state:
        return
    first, second = page.shown_classes(maps, asked)
    indices = [first] if asked.view == page.ONE else [first, second]
    for index in indices:
        st.markdown(page.score_sentence(maps, index))
    row, column = page.pinned_cell(maps, asked) or maps.peak_cell(first)
    cell = station.drawer(
        f"Row {row + 1}, column {column + 1} as a sum over {len(maps.features)} channels",
        ":material/functions:",
        "sum",
    )
    if cell.open:
        with cell:
            total = cell_sum(maps, first, row, column)
            station.table(["part", "share in logits"], page.cell_rows(total))
    if not asked.head:  # attributions are of the network's own classes
        pixel_by_pixel(asked, chosen, maps, first, page.class_map_scale(maps, asked, first))
    table = station.drawer("All cells as a table", ":material/table:", "table")
    if table.open:
        with table:
            st.dataframe(page.cell_table(maps, first), hide_index=True, key="cells")
    downloads.drawer(
        lambda: files.offered(
            maps,
            chosen,
            indices,
            page.scale(maps, asked, page.panels(maps, asked, chosen)),
            asked.opacity,
        )
    )
    station.same_in_python(page.in_python(asked, chosen, first))


view()
station.lecture(
    "A network that ends in global average pooling and one linear layer can be read backwards: the "
    "linear layer, applied to every cell instead of to their mean, is a map whose mean is the score. "
    "No training and no second pass is needed, and every class has a map. The lecture calls this the "
    "class activation map; it is the first step from *what* to *where* without any labelled place.",
    "B. Zhou, A. Khosla, A. Lapedriza, A. Oliva, A. Torralba, Learning Deep Features for "
    "Discriminative Localization, CVPR 2016",
)
if measured := station.measured("top1"):
    published = station.drawer("Published and measured", ":material/balance:", "published")
    if published.open:
        published.markdown(
            "How often the highest score is the right class. Published on ImageNet's 50,000 validation "
            f"pictures; measured by this program on {measured[0]['date']} on a subset of "
            f"{measured[0]['pictures']} ImageNet samples, which are easier, so the two columns cannot be "
            "compared with each other."
        )
        with published:
            station.table(
                ["network", "published", "measured"],
                [
                    [CARDS[row["network"]].title, f"{float(row['published_top1']):.1%}",
                     f"{float(row['top1']):.1%}"]
                    for row in measured
                ],
            )  # fmt: skip
station.onward()

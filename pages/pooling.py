"""Pooling: from a map to a score, in six ways on one scale."""

from typing import Any

import streamlit as st

from wsl_core.fcn.heads import Head
from wsl_core.web import class_choice, forward, own_heads, pictures, pipeline, prediction, station
from wsl_core.web.components.canvas import canvas
from wsl_core.web.controls import lasting
from wsl_core.web.onward import onward
from wsl_core.web.pooling import beside as pooling_beside
from wsl_core.web.pooling import controls as pooling_controls
from wsl_core.web.pooling import downloads as files
from wsl_core.web.pooling import grid as pooling_grid
from wsl_core.web.pooling import in_python as pooling_in_python
from wsl_core.web.pooling import looked as page
from wsl_core.web.pooling import panels
from wsl_core.web.pooling import parts as pooling_parts
from wsl_core.web.pooling import sentences as words
from wsl_core.web.pooling import view as link
from wsl_core.web.pooling.beside import Beside
from wsl_core.web.pooling.view import PoolingView
from wsl_core.web.sentences import plain
from wsl_core.web.sliding_window.shown import token

station.head(
    "One map, many ways to a score",
    "A map says something of every place; a label needs one number. Every way of pooling listens to other "
    "regions: see which, what each of them adds, and when another class wins.",
    PoolingView,
)


def keep_cell() -> None:
    """A chosen cell is kept and goes into the link."""
    row, column = next(
        st.session_state[key].cell
        for key in ("strip", "strip-2")
        if key in st.session_state and st.session_state[key].cell
    )
    st.query_params["cell"] = f"{row + 1},{column + 1}"


def schemes() -> None:
    """One picture, one or two classes, all schemes on one scale."""
    above = st.container()  # the strip stands above its controls, so that both are seen at once
    left, right = st.columns(2, gap="large")
    head = own_heads.chosen()
    with left:
        chosen, asked, likely = ask(head)
    with right:
        asked |= pooling_controls.sliders()
        with st.container(horizontal=True, key="switches"):
            asked["two"] = lasting(PoolingView, "two")
            asked["predict"] = lasting(
                PoolingView, "predict", on_change=prediction.again, args=("schemes",)
            )
        asked["layer"] = lasting(PoolingView, "layer")
    view = PoolingView.model_validate(asked | {"cell": st.query_params.get("cell", "")})
    with above:
        if head:
            own_heads.about(head)
        maps = page.look(chosen, view, head)
        seen = page.readings(chosen, maps, view)
        indices = seen.indices(view)
        if view.predict and not predicted(seen):
            return
        strip(seen, view, indices)
    if not view.trained:
        class_choice.likely(likely, maps, indices[0])
    details(seen, view, indices, pooling_beside.look(chosen, view))


def predicted(seen: page.Read) -> bool:
    """Ask for a prediction, or say how it compares; whether there is one."""
    said = prediction.ask("schemes", "Do all schemes put the same class first?", words.AGREEMENTS)
    if said is None:
        st.image(pictures.jpeg(seen.chosen.photo), alt=seen.chosen.title, width=420)
        return False
    found = words.agreement_sentence(seen.readings)
    prediction.compare("schemes", said, words.agreed(seen.readings), found)
    return True


def ask(head: Head | None = None) -> tuple[pictures.Chosen, dict[str, Any], Any]:
    """The picture, whose maps are pooled, and the class; also where the likely classes go."""
    chosen = pictures.choose()
    asked: dict[str, Any] = {"trained": not head and pooling_parts.ask_trained()}
    likely = st.container(key="likely", horizontal=True, gap="small")
    if head:
        asked["first"] = class_choice.ask(PoolingView, classes=head.card.class_names)
        asked |= {"network": head.card.network, "head": st.query_params[own_heads.KEY]}
    elif asked["trained"]:
        asked["voc"] = lasting(PoolingView, "voc")
        asked["beside"] = pooling_beside.ask()
    else:
        asked["first"] = class_choice.ask(PoolingView)
        asked["network"] = lasting(PoolingView, "network")
    with st.expander("Size and colours", icon=":material/tune:"):
        asked["size"] = lasting(PoolingView, "size")
        asked["opacity"] = lasting(PoolingView, "opacity")
    return chosen, asked, likely


def strip(seen: page.Read, view: PoolingView, indices: list[int]) -> None:
    """First level: all schemes beside each other."""
    every = [seen.pooled(index) for index in indices]
    layers = panels.layer_of(every, view.layer)
    for key, index, pooled, layer in zip(
        ("strip", "strip-2"), indices, every, layers, strict=False
    ):
        name = seen.reference.classes.titles[index]
        st.markdown(f"**{name}** by {seen.kind}")
        canvas(
            pictures.jpeg(seen.chosen.photo),
            seen.maps.placement,
            panels.panels(seen.readings, pooled, layer, name, seen.maps.placement),
            scale=layer.scale,
            key=key,
            token=token(key, seen.maps.digest, index, *view.model_dump().values()),
            opacity=view.opacity,
            smooth=False,
            pinned=page.pinned_cell(seen.maps, view),
            unit=layer.unit,
            measure=panels.MEASURES[view.layer],
            least=10.5,
            hint="Solid lines: regions h⁺ that speak for the class. Dashed: h⁻, against it. Point at a cell, "
            "or focus a picture and use the arrow keys; click or Enter keeps it.",
            on_cell=keep_cell,
        )
    if caution := forward.caution(seen.maps.network):
        st.info(plain(caution), icon=":material/visibility:")
    for scheme, why in seen.absent.items():
        st.markdown(f"**In the place of {words.title(scheme)}:** {plain(why)}")
    if seen.trained and (moved := words.trained_otherwise(seen.heads, seen.readings)):
        st.markdown(moved)


def details(seen: page.Read, view: PoolingView, indices: list[int], beside: Beside | None) -> None:
    """Second and third level: scores that add up, rankings, the pipeline, one cell."""
    index = indices[0]
    every = [seen.pooled(one) for one in indices]
    pooled, layer = every[0], panels.layer_of(every, view.layer)[0]
    if beside:
        pooling_beside.draw(beside, seen.chosen, view, index, layer)
    scores = words.score_rows(seen.readings, pooled, index)
    ranks = words.ranking_rows(seen.readings)
    if beside:
        scores.append(pooling_beside.score_row(beside, index))
        ranks.append(words.ranking_row(beside.title, beside.ranking(words.RANKS)))
    station.table(words.SCORE_HEAD, scores)
    st.header("Which class is first", anchor=False)
    st.markdown(words.agreement_sentence(seen.readings))
    station.table(words.RANKING_HEAD, ranks)
    st.header("The way to the score", anchor=False)
    scheme = lasting(PoolingView, "scheme")
    if scheme in seen.readings:
        reading = seen.readings[scheme]
        pipeline.show(seen.maps_of(scheme), index, reading.scheme, pooled[scheme])
    else:
        st.markdown(plain(seen.absent[scheme]))
    if beside:
        pooling_beside.details(beside, index)
    row, column = page.pinned_cell(seen.maps, view) or seen.maps_of("weldon").peak_cell(index)
    title = f"Row {row + 1}, column {column + 1} under every scheme"
    cell = station.drawer(title, ":material/functions:", "cell-sum")
    if cell.open:
        with cell:
            station.table(words.CELL_HEAD, words.cell_rows(pooled, row, column))
    table = station.drawer("All cells as a table", ":material/table:", "table")
    if table.open:
        with table:
            st.dataframe(words.cell_table(pooled), hide_index=True, key="cells")
    files.drawer(
        lambda: files.of_schemes(
            seen.chosen, seen.maps.placement, layer, seen.readings, pooled, index, view.opacity
        )
    )
    station.same_in_python(pooling_in_python.schemes(view, seen.chosen, index))


PARTS = {
    link.SCHEMES_PART: schemes,
    link.MODALITIES: pooling_parts.modalities,
    link.LIMIT: pooling_parts.limit,
    link.GRID: pooling_grid.show,
    link.VERDICTS: pooling_parts.verdicts,
}


body = st.container()
with st.expander("LSE, SPLeaP and ProNet told apart", icon=":material/compare_arrows:"):
    st.markdown(words.LSE_AND_SPLEAP)
    st.markdown(words.PRONET)
station.lecture(
    "Training from image labels needs one score for a whole picture, and pooling makes it from the scores of "
    "all regions. Max pooling trusts the single best region; averaging trusts all of them alike; log-sum-exp "
    "lies between the two. WELDON adds the regions that speak against a class, and WILDCAT several maps for "
    "every class. The lecture's picture is a bedroom, judged as bedroom, airport and dining room: the right "
    "class has strong regions for it and none strongly against it.",
    "M. Oquab et al., CVPR 2015; B. Zhou et al., CVPR 2016; P. Pinheiro, R. Collobert, CVPR 2015; "
    "P. Kulkarni et al., ECCV 2016; T. Durand et al., CVPR 2016 (WELDON) and CVPR 2017 (WILDCAT)",
)
station.parts(
    PARTS,
    PoolingView,
    "chapter",
    place=body,
    foot=lambda: onward("activation_maps", "localization"),
)

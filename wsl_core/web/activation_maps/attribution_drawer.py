"""The drawer "Pixel by pixel" below a class map: ask for an attribution, watch it, see it beside the map."""

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.fcn.attributions import JOB, METHODS, Attribution, AttributionParameters
from wsl_core.figures import Scale
from wsl_core.jobs import Run
from wsl_core.networks import ClassMaps
from wsl_core.web import station
from wsl_core.web.activation_maps import attribution_figures as drawn
from wsl_core.web.activation_maps import attribution_sentences as words
from wsl_core.web.activation_maps import attributions as page
from wsl_core.web.activation_maps.attributions import Asked, AttributionView
from wsl_core.web.activation_maps.shown import ActivationMapView
from wsl_core.web.colour_bar import bar
from wsl_core.web.components import monitor
from wsl_core.web.controls import control
from wsl_core.web.links import as_text
from wsl_core.web.pictures import Chosen
from wsl_core.web.sentences import plain

OPEN = "attributions_open"  # in the session: whether the link that was opened asks for the drawer
KEY = "run"


def read_link() -> None:
    """Before the first control is drawn: does the link ask for the drawer?

    A link with nothing but a run is given the choices that the run was started with.
    """
    if OPEN in st.session_state:
        return
    named = [name for name in AttributionView.model_fields if name in st.query_params]
    run = monitor.linked(JOB, KEY)
    st.session_state[OPEN] = bool(named) or run is not None
    if run is not None and not named:
        of_run = AttributionParameters.model_validate(run.config["parameters"])
        choices = {"method": of_run.method} | of_run.used()
        st.query_params.update({name: as_text(value) for name, value in choices.items()})
        st.rerun()  # the controls take their values from the link


def pixel_by_pixel(
    view: ActivationMapView, chosen: Chosen, maps: ClassMaps, index: int, scale: Scale
) -> None:
    """The drawer; while it is shut nothing of it is made.

    Args:
        view: what the page shows.
        chosen: the picture.
        maps: of it.
        index: of the class that is explained.
        scale: of its class map.
    """
    shut = station.drawer(
        "Pixel by pixel", ":material/grain:", "pixels", expanded=st.session_state[OPEN]
    )
    if not shut.open:
        return
    with shut:
        asked = Asked.of(view, chosen, maps, index, _controls())
        run = _start(asked)
        if run is None:
            return
        differs = asked.differs(run.config)
        state = monitor.watch(run, key=KEY, figures=False, resumable=False)
        if state in monitor.ALIVE:
            st.markdown(f"This explains {words.explained(run.config)}.")
        elif state == "finished" and differs:
            st.info(words.earlier(run.config, differs), icon=":material/history:")
        elif state == "finished":
            _finished(run, asked, maps, scale, view)


def _controls() -> AttributionView:
    """The method and its own parameters."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        values = {"method": control(AttributionView, "method")}
    method = METHODS[values["method"]]
    right.markdown(f"**{method.title}.** {method.shows} *{method.source}.*")
    own = [name for name in method.uses if name not in ("randomise", "seed")]
    if own:
        for name, column in zip(own, st.columns(len(own), gap="large"), strict=True):
            with column:
                values[name] = control(AttributionView, name)
    left, right = st.columns([3, 1], gap="large")
    with left:
        values["randomise"] = control(AttributionView, "randomise")
    if "seed" in AttributionView(**values).used():
        with right:
            values["seed"] = control(AttributionView, "seed")
    return AttributionView(**values)


def _start(asked: Asked) -> Run | None:
    """The button, and the run of the link."""
    try:
        config, arrays = asked.request()
    except WslError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return monitor.linked(JOB, KEY)
    seconds = page.expected_seconds(asked)
    st.markdown(words.cost(asked, seconds))
    if asked.chosen.key is None:
        st.markdown(words.OWN_PICTURE)
    return monitor.start(
        words.label(asked, seconds), JOB, config, arrays, lane="interactive", key=KEY
    )


def _finished(
    run: Run, asked: Asked, maps: ClassMaps, scale: Scale, view: ActivationMapView
) -> None:
    """The attribution beside the class map, its sums, its files."""
    try:
        found = page.answer(run, asked)
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    shown = drawn.drawings(found, maps, asked, scale, view)
    for column, one in zip(st.columns(len(shown), gap="medium"), shown, strict=True):
        with column:
            st.markdown(f"**{one.title}**")
            st.image(one.png, alt=one.alt, width="stretch")
            st.html(
                bar(
                    one.scale,
                    words.colours(one),
                    signed=one.signed,
                    opacity=view.opacity,
                    pale=one.pale,
                )
            )
    st.markdown(words.score(found, several=view.scales or view.mirror))
    if found.completeness is not None:
        st.markdown(words.completeness(found.completeness))
    if found.randomised is not None:
        st.markdown(words.correlation(found.randomised, asked.parameters.randomise))
    st.markdown(words.kept())
    table = station.drawer("The picture in nine places", ":material/table:", "ninths")
    if table.open:
        with table:
            st.markdown(words.table(found))
            station.table(*drawn.table(found, maps))
    files = station.drawer("Download the attribution", ":material/download:", "pixel-files")
    if files.open:
        with files, st.container(horizontal=True):
            _downloads(found, asked, view.opacity)
    code = station.drawer(
        "The same in Python and on the command line", ":material/code:", "pixel-code"
    )
    if code.open:
        code.code(page.in_python(asked), language="python", wrap_lines=True)
        code.code(page.command_line(asked), language="bash", wrap_lines=True)


def _downloads(found: Attribution, asked: Asked, opacity: float) -> None:
    """Each file is made when it is asked for."""
    stem = f"{asked.chosen.key or 'picture'}-{found.index}-{found.method.name}"
    files = [
        (
            "Attribution (PNG)",
            lambda: drawn.as_png(found, asked, opacity),
            f"{stem}.png",
            "image/png",
        ),
        ("Values (npy)", lambda: drawn.as_npy(found.values), f"{stem}.npy", drawn.BINARY),
    ]
    if (chance := found.randomised) is not None:
        name = f"{stem}-random.npy"
        files.append(
            ("With random weights (npy)", lambda: drawn.as_npy(chance.values), name, drawn.BINARY)
        )
    for title, data, name, kind in files:
        st.download_button(title, data, name, kind, on_click="ignore", key=f"download-{name}")

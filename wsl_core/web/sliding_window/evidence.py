"""Parts of the Sliding window page that are counted and measured: objects, layers, the race."""

from functools import partial

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.fcn import sliding_window
from wsl_core.fcn.sliding_window import Costs, SlidingWindow
from wsl_core.figures import objects
from wsl_core.jobs import Run
from wsl_core.networks import card
from wsl_core.networks import layers as layer_records
from wsl_core.web import downloads, forward, pictures, station
from wsl_core.web.components import monitor
from wsl_core.web.controls import lasting
from wsl_core.web.sentences import plain
from wsl_core.web.sliding_window import downloads as sliding_downloads
from wsl_core.web.sliding_window import in_python as sliding_in_python
from wsl_core.web.sliding_window import sentences as words
from wsl_core.web.sliding_window.shown import SlidingWindowView

CONVERTED = ("vgg16", "alexnet")  # what was published with fully connected layers
GUESSES = (2, 5, 10, 20, 50, 100)  # times the work of one pass
GUESS = "race_guess"  # in the session


def where_objects_lie() -> None:
    """Centred objects against complex scenes, in measured pictures."""
    rows = station.measured("objects")
    if not rows:
        st.info(
            "This installation has no results to draw. `python -m benchmarks.objects --write` makes them "
            "from labelled pictures.",
            icon=":material/table_chart_view:",
        )
        return
    st.markdown(
        "A classifier's pictures show one object, large and in the middle: resizing them does no harm. In "
        "scenes objects are several, smaller and anywhere, and what is lost by resizing is what was to be "
        "found. White: no box covers the place. Dark red: all do. Outlined: a square of the median area."
    )
    found = objects.sets(rows)
    for column, one in zip(st.columns(len(found), gap="large"), found, strict=True):
        column.markdown(f"**{one.name}**")
        column.image(objects.coverage(one), alt=one.alternative_text(), width="stretch")
    station.table(*words.object_table(found))
    st.markdown(f"Measured on {rows[0]['date']} by `python -m benchmarks.objects`.")
    file = station.RESULTS / "objects.csv"
    downloads.drawer(lambda: [("Measured (CSV)", file.read_bytes, file.name, "text/csv")])
    station.same_in_python(sliding_in_python.objects())


def race() -> None:
    """Naive against dense on this picture."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        chosen = pictures.choose()
        asked = {name: lasting(SlidingWindowView, name) for name in ("network", "size")}
        asked["predict"] = lasting(SlidingWindowView, "predict", on_change=new_guess)
        view = SlidingWindowView.model_validate(asked)
    with left:
        network = forward.network(view.network)
        try:
            window = SlidingWindow.of(network, chosen.photo, view.size)
        except WslError as error:
            forward.refuse(error)
        costs = sliding_window.costs(network, window)
        if not view.predict or _guessed(costs, window):
            _run(chosen, view, window, costs)
        st.image(pictures.jpeg(chosen.photo), alt=chosen.title, width="stretch")
    if not view.predict or GUESS in st.session_state:
        station.same_in_python(sliding_in_python.race(view, chosen))


def new_guess() -> None:
    """Hide the answer again."""
    st.session_state.pop(GUESS, None)


def guess() -> None:
    """A number was chosen: it stays the guess while size and network change."""
    st.session_state[GUESS] = st.session_state.choose_guess


def _guessed(costs: Costs, window: SlidingWindow) -> bool:
    """Ask for a guess, or say how it compares; whether there is one."""
    if GUESS not in st.session_state:
        st.markdown(words.guess_question(window))
        st.segmented_control(
            "How many times the work",
            GUESSES,
            key="choose_guess",
            on_change=guess,
            width="stretch",
        )
        return False
    st.info(words.guess_sentence(st.session_state[GUESS], costs, window), icon=":material/target:")
    st.button("Guess again", on_click=new_guess, icon=":material/replay:")
    return True


def _run(
    chosen: pictures.Chosen, view: SlidingWindowView, window: SlidingWindow, costs: Costs
) -> None:
    """What is counted, the race, and what was measured before."""
    st.markdown(words.costs_sentence(costs, window))
    run = monitor.start(
        f"Race over {window.count} windows",
        sliding_window.JOB,
        {"network": view.network, "size": view.size},
        {"picture": pictures.fed(chosen.photo, window.input_size).pixels},
        lane="interactive",
        icon=":material/sports_score:",
    )
    if run is not None and monitor.watch(run, figures=False, resumable=False) == "finished":
        _result(run)
    if measured := station.measured("sliding_window"):
        st.markdown(words.measured_sentence(measured[0]))
        station.table(["way", "milliseconds", "over dense"], words.measured_rows(measured))


def _result(run: Run) -> None:
    """What a finished race showed."""
    try:
        facts = run.result().facts
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    station.table(["way", "time", "classified"], words.race_rows(facts))
    st.markdown(words.race_sentence(facts, run.config))


def fully_connected() -> None:
    """The layers of VGG16 and AlexNet that become convolutions; no weights are needed."""
    st.markdown(
        "The first fully connected layer of a classifier reads all of the last features at once: in VGG16 "
        "these are 7 × 7 × 512 = 25,088 numbers. As a convolution the same weights are filters of 7 × 7 × "
        "512, which fit once on a picture of the training size and many times on a larger one. Open a "
        "network to see its layers counted; no weights are needed for that."
    )
    for name in CONVERTED:
        one = card(name)
        shut = station.drawer(one.title, ":material/layers:", f"layers-{name}")
        if not shut.open:
            continue
        with shut:
            try:
                with station.progress("Reading the layers") as report:
                    report(0, "starting a worker")
                    layers = layer_records.of(name, report)
            except WslError as error:
                st.error(plain(str(error)), icon=":material/error:")
                continue
            side = one.sides.nearest(one.training_side)
            st.markdown(words.layers_sentence(layers, side))
            station.table(
                ["as published", "as a convolution", f"at {side} × {side} px"],
                words.layer_rows(layers, side),
            )
            st.download_button(
                "All layers (CSV)",
                partial(sliding_downloads.layers_csv, layers, side),
                f"{name}-layers.csv",
                "text/csv",
                on_click="ignore",
                key=f"download-{name}",
            )
    station.same_in_python(sliding_in_python.layers(CONVERTED))

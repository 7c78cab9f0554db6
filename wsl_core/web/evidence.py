"""Parts of the Sliding window page that are counted and measured: objects, layers, the race."""

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.fcn import sliding_window
from wsl_core.fcn.sliding_window import SlidingWindow
from wsl_core.figures import objects
from wsl_core.jobs import Run
from wsl_core.networks import card
from wsl_core.networks import layers as layer_records
from wsl_core.web import forward, monitor, pictures, station
from wsl_core.web import sliding_sentences as words
from wsl_core.web.controls import control
from wsl_core.web.sentences import plain
from wsl_core.web.sliding_window import SlidingWindowView


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


def race() -> None:
    """Naive against dense on this picture."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        chosen = pictures.choose()
        asked = {name: control(SlidingWindowView, name) for name in ("network", "size")}
        view = SlidingWindowView.model_validate(asked)
    with left:
        network = forward.network(view.network)
        try:
            window = SlidingWindow.of(network, chosen.photo, view.size)
        except WslError as error:
            forward.refuse(error)
        st.markdown(words.costs_sentence(sliding_window.costs(network, window), window))
        config = {"network": view.network, "size": view.size}
        run = monitor.start(
            f"Race over {window.count} windows",
            sliding_window.JOB,
            config,
            {"picture": chosen.photo.pixels},
            lane="interactive",
            icon=":material/sports_score:",
        )
        if run is not None and monitor.watch(run, figures=False, resumable=False) == "finished":
            _result(run)
        if measured := station.measured("sliding_window"):
            st.markdown(words.measured_sentence(measured[0]))
            station.table(["way", "milliseconds", "over dense"], words.measured_rows(measured))
        st.image(pictures.jpeg(chosen.photo), alt=chosen.title, width="stretch")
    station.same_in_python(words.race_in_python(view, chosen))


def _result(run: Run) -> None:
    """What a finished race showed."""
    try:
        facts = run.result().facts
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    station.table(["way", "time", "network"], words.race_rows(facts))
    st.markdown(words.race_sentence(facts, run.config))


def fully_connected() -> None:
    """The layers of VGG16 and AlexNet that become convolutions; no weights are needed."""
    st.markdown(
        "The first fully connected layer of a classifier looks at all of the last features at once. As a "
        "convolution its filters are as large as those features, and it fits wherever they fit."
    )
    for name in ("vgg16", "alexnet"):
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

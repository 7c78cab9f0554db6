"""The trap of scaling: each map on a scale of its own, an absent class looks as hot as a present one."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.datasets import voc
from wsl_core.errors import WslError
from wsl_core.figures import Scale
from wsl_core.networks import ClassMaps
from wsl_core.web import forward, pictures, prediction, station
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.components.canvas import Panel, canvas
from wsl_core.web.localization import in_python as code
from wsl_core.web.localization import looked as page
from wsl_core.web.localization.controls import asked
from wsl_core.web.localization.pictures import of_visitor
from wsl_core.web.sliding_window.shown import token


def scaling() -> None:
    """Each map on a scale of its own: an absent class looks as hot as a present one."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        shown = of_visitor(pictures.choose())
        view = asked("predict", "voc", "opacity", "fed")
    with left:
        try:
            looked = page.look(shown, view)
        except WslError as error:
            forward.refuse(error)
        scheme = looked.scheme(view)
        maps, scores = looked.maps[scheme], looked.scores[scheme]
        present = looked.index(view)
        absent = least_likely(scores.tolist(), shown.classes)
        pair = sorted((present, absent), key=lambda k: (hash_of(maps.digest, k), k))
        names = [voc.CLASSES[k] for k in pair]
        name = f"scaling-{maps.digest[:8]}-{present}"
        answered = None
        st.markdown(
            "Both maps are stretched from their own lowest to their own highest value, as most programs do. "
            + (
                f"One is of **{names[0]}**, the other of **{names[1]}**."
                if not view.predict
                else f"One is of **{voc.CLASSES[present]}**, which is in the picture, the other of "
                f"**{voc.CLASSES[absent]}**, which is not."
            )
        )
        hidden = view.predict
        if hidden:
            answered = prediction.ask(name, f"Which is {voc.CLASSES[present]}?", ("A", "B"))
            hidden = answered is None
        own = [
            Panel(
                title=letter if hidden else f"{letter}: {voc.CLASSES[k]}",
                score="" if hidden else "0 to 1",
                values=stretched,
                alt=f"{shown.chosen.title} with map {letter}"
                + ("" if hidden else f", of {voc.CLASSES[k]}")
                + ", stretched so that its highest cell is 1.",
            )
            for letter, k, stretched in (
                (letter, k, unit_range(maps.map(k))) for letter, k in zip("AB", pair, strict=True)
            )
        ]
        canvas(
            pictures.jpeg(shown.chosen.photo),
            maps.placement,
            own,
            scale=Scale(1.0),
            key="own-scales",
            token=token("own", maps.digest, pair, hidden, *view.model_dump().values()),
            opacity=view.opacity,
            unit="each map from its own lowest to its own highest value. Clear is its lowest.",
            measure="of its own range",
            hint="Point at a cell.",
        )
        if hidden:
            return
        if answered:
            right_letter = "AB"[pair.index(present)]
            prediction.compare(
                name, answered, right_letter, scaling_sentence(maps, present, absent)
            )
        else:
            st.markdown(scaling_sentence(maps, present, absent))
        one_scale = page.scale(maps, present)
        canvas(
            pictures.jpeg(shown.chosen.photo),
            maps.placement,
            [
                Panel(
                    title=voc.CLASSES[k],
                    score=f"{signed(float(scores[k]))} logits",
                    values=maps.map(k),
                    alt=f"{shown.chosen.title} with the map of {voc.CLASSES[k]}: from "
                    f"{maps.map(k).min():.2f} to {maps.map(k).max():.2f} logits.",
                )
                for k in pair
            ],
            scale=one_scale,
            key="one-scale",
            token=token("one", maps.digest, pair, *view.model_dump().values()),
            opacity=view.opacity,
            hint="Point at a cell.",
        )
    station.same_in_python(code.scaling(view, shown, voc.CLASSES[present], voc.CLASSES[absent]))


def least_likely(scores: list[float], there: list[str]) -> int:
    """The class of the lowest score that is not known to be in the picture."""
    absent = [k for k, name in enumerate(voc.CLASSES) if name not in there]
    return min(absent, key=lambda k: scores[k])


def hash_of(digest: str, index: int) -> str:
    """An order of the classes that a picture decides, and nobody can guess."""
    return token(digest, index)


def scaling_sentence(maps: ClassMaps, present: int, absent: int) -> str:
    """What both maps reach in logits."""
    one, other = (
        f"{voc.CLASSES[k]} from {signed(float(maps.map(k).min()), 1)} to "
        f"{signed(float(maps.map(k).max()), 1)}"
        for k in (present, absent)
    )
    return (
        f"Stretched, both reach 1. In logits they go, {one} and {other}: on one scale the absent class stays "
        f"pale. What is stretched map by map cannot be compared, between classes or between pictures."
    )


def unit_range(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map from 0 to 1 by its own extremes, the mistake that is shown; a constant one is 0."""
    span = float(np.ptp(values))
    return (values - values.min()) / np.float32(span) if span else np.zeros_like(values)

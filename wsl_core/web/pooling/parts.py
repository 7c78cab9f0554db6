"""Parts of the Pooling page beside the comparison of schemes: modalities, limit of max, three verdicts."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.fcn.comparison import Reading
from wsl_core.figures import Scale
from wsl_core.web import class_choice, pictures, prediction, station, trained_heads
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.components.canvas import Panel, canvas
from wsl_core.web.controls import lasting
from wsl_core.web.pictures import Chosen
from wsl_core.web.pooling import cases as pooling_cases
from wsl_core.web.pooling import controls as pooling_controls
from wsl_core.web.pooling import downloads as files
from wsl_core.web.pooling import in_python as pooling_in_python
from wsl_core.web.pooling import looked as page
from wsl_core.web.pooling import panels
from wsl_core.web.pooling import sentences as words
from wsl_core.web.pooling.looked import Read
from wsl_core.web.pooling.view import PoolingView
from wsl_core.web.sentences import listed, plain
from wsl_core.web.sliding_window.shown import token

HINT = "Point at a cell, or focus the picture and use the arrow keys."
UNIT = (
    "logits, one scale for all. Blue speaks against the class, red for it. Solid: h⁺. Dashed: h⁻."
)


def ask_trained() -> bool:
    """Whether trained heads are asked for; a sentence where there are none."""
    if trained_heads.available():
        return bool(lasting(PoolingView, "trained"))
    if st.query_params.get("trained") == "true":
        st.warning(
            "The link asks for trained heads, and none is in this installation. The network's own "
            "ImageNet class maps are pooled instead.",
            icon=":material/link_off:",
        )
    return False


def modalities() -> None:
    """The M maps of a class, which WILDCAT averages."""
    st.markdown(words.MODALITIES)
    if "wildcat" not in trained_heads.available():
        st.info(
            "This needs a trained WILDCAT head, and none is in this installation: a network that was trained "
            "on ImageNet has one map a class. `make heads` trains the heads of VOC's 20 classes.",
            icon=":material/model_training:",
        )
        return
    left, right = st.columns([3, 2], gap="large")
    with right:
        chosen = pictures.choose()
        asked = {name: lasting(PoolingView, name) for name in ("voc", "predict", "size", "opacity")}
    view = PoolingView.model_validate({"trained": True, **asked})
    with left:
        maps = page.look(chosen, view)
        seen = page.readings(chosen, maps, view)
        if "wildcat" not in seen.readings:
            st.info(plain(seen.absent["wildcat"]), icon=":material/model_training:")
            return
        index = seen.index(view)
        reading = seen.readings["wildcat"]
        one, name = reading.of(index), reading.classes.titles[index]
        each = reading.modalities(index)
        if view.predict and not _modalities_predicted(seen, name, each):
            return
        shown = [
            Panel(
                title=f"Map {i} of {len(each)}",
                score=f"mean {signed(float(values.mean()))}",
                values=values,
                alt=f"Map {i} of {len(each)} of {name}: {values.min():.2f} to {values.max():.2f} logits.",
            )
            for i, values in enumerate(each, 1)
        ]
        shown.append(panels.one_panel(reading, one, name, maps.placement, "their mean"))
        canvas(
            pictures.jpeg(chosen.photo),
            maps.placement,
            shown,
            scale=Scale.of([panel.values for panel in shown]),
            key="modalities",
            token=token("modalities", maps.digest, index, *view.model_dump().values()),
            opacity=view.opacity,
            unit=UNIT,
            least=11,
            hint=HINT,
        )
        st.markdown(f"**{name}**: WILDCAT's score is {signed(one.score)} logits.")
        if not view.predict:
            st.markdown(words.peaks_sentence(each))
        _credit(chosen)
    station.same_in_python(pooling_in_python.modalities(view, chosen, index))


def _modalities_predicted(seen: Read, name: str, each: NDArray[np.float32]) -> bool:
    """Ask for a prediction, or say how it compares; whether there is one."""
    asked = f"modalities-{token(seen.maps.digest, name)}"
    question = f"WILDCAT has {len(each)} maps of **{name}**. In which cells are they highest?"
    said = prediction.ask(asked, question, words.PEAKS)
    if said is None:
        st.image(pictures.jpeg(seen.chosen.photo), alt=seen.chosen.title, width=420)
        return False
    prediction.compare(asked, said, words.which_peaks(each), words.peaks_sentence(each))
    return True


def limit() -> None:
    """Pictures on which the single best region misleads, or all regions together do."""
    controls, says = st.columns([2, 3], gap="large")
    with controls:
        key = lasting(PoolingView, "case")
        predict = lasting(PoolingView, "predict", on_change=prediction.again, args=("limit",))
    case, chosen = pooling_cases.CASES[key], pictures.from_gallery(key)
    with controls:
        sliders = pooling_controls.sliders()
    view = PoolingView.model_validate({"case": key, "predict": predict, **sliders})
    maps = page.look(chosen, view)
    seen = page.readings(chosen, maps, view)
    answers = words.right(case, seen.readings)
    with says:
        st.markdown(case.why)
        said = None
        if predict:
            st.image(pictures.jpeg(chosen.photo), alt=chosen.title, width=320)
            said = prediction.ask(
                "limit",
                "The schemes pool the same 1,000 maps. Which of the two ends finds the right class?",
                words.ENDS,
            )
            if said is None:
                return
            prediction.compare("limit", said, words.which_end(answers), case.lesson)
        station.table(words.CASE_HEAD, words.case_rows(case, seen.readings))
        if not predict:
            st.markdown(case.lesson)
        _two_ends(case, seen, view)
        _credit(chosen)
    files.drawer(lambda: [files.of_rankings(chosen, seen.readings)])
    station.same_in_python(pooling_in_python.limit(view, chosen))


def _two_ends(case: pooling_cases.Case, seen: Read, view: PoolingView) -> None:
    """What max and average pooling take for the picture, and the best right class, on one scale."""
    readings = seen.readings
    named: dict[int, tuple[str, Reading]] = {}
    for name in ("max", "weldon", "average"):
        first = readings[name].ranking(1)[0]
        named.setdefault(first.index, (name, readings[name]))
    best = words.best_right(case, readings["weldon"])
    named.setdefault(best, ("weldon", readings["weldon"]))
    shown = []
    for index, (_, reading) in named.items():
        name = reading.classes.titles[index]
        one = reading.of(index)
        title = f"{name}, {'right' if name in case.right else 'wrong'}"
        panel = panels.one_panel(reading, one, name, seen.maps.placement, title)
        shown.append(
            Panel(title, f"{reading.scheme.title} {signed(one.score)}", panel.values, panel.alt,
                  selected=panel.selected)
        )  # fmt: skip
    canvas(
        pictures.jpeg(seen.chosen.photo),
        seen.maps.placement,
        shown,
        scale=Scale.of([panel.values for panel in shown]),
        key="ends",
        token=token("ends", seen.maps.digest, *view.model_dump().values()),
        opacity=view.opacity,
        unit=UNIT,
        hint=HINT,
    )


def verdicts() -> None:
    """Three classes, one right and two wrong, as WELDON judges them."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        chosen = pictures.choose()
        asked: dict[str, object] = {"trained": ask_trained()}
        if asked["trained"]:
            asked["voc"] = lasting(PoolingView, "voc")
        else:
            asked["network"] = lasting(PoolingView, "network")
            asked |= {
                name: class_choice.ask(PoolingView, name) for name in ("right", "wrong", "other")
            }
        asked["size"] = lasting(PoolingView, "size")
        asked["predict"] = lasting(
            PoolingView, "predict", on_change=prediction.again, args=("verdicts",)
        )
        for name in ("positive", "negative"):
            asked[name] = pooling_controls.slider(name)
        asked["scale"] = lasting(PoolingView, "scale")
    view = PoolingView.model_validate(asked)
    with left:
        maps = page.look(chosen, view)
        seen = page.readings(chosen, maps, view)
        if "weldon" not in seen.readings:
            st.info(plain(seen.absent["weldon"]), icon=":material/model_training:")
            return
        reading, indices = seen.readings["weldon"], seen.judged(view)
        names = [reading.classes.titles[index] for index in indices]
        if view.predict:
            st.image(pictures.jpeg(chosen.photo), alt=chosen.title, width="stretch")
            question = f"{listed(names)}: which of the three does WELDON take?"
            said = prediction.ask("verdicts", question, names)
            if said is None:
                return
            best = max(indices, key=lambda index: float(reading.scores[index]))
            answer = reading.classes.titles[best]
            prediction.compare("verdicts", said, answer, words.verdict_sentence(reading, indices))
        pooled = [reading.of(index) for index in indices]
        shown = [
            panels.one_panel(reading, one, name, maps.placement)
            for one, name in zip(pooled, names, strict=True)
        ]
        canvas(
            pictures.jpeg(chosen.photo),
            maps.placement,
            shown,
            scale=Scale.of([panel.values for panel in shown]),
            key="verdicts",
            least=11,
            token=token("verdicts", maps.digest, indices, *view.model_dump().values()),
            opacity=view.opacity,
            unit=UNIT,
            hint=HINT,
        )
        if not view.predict:
            st.markdown(words.verdict_sentence(reading, indices))
        station.table(words.VERDICT_HEAD, words.verdict_rows(reading, indices))
        st.markdown(
            f"These are {seen.kind}. The score is the sum of the two means" + words.half(view.scale)
        )
        _credit(chosen)
    files.drawer(lambda: [files.of_rankings(chosen, {"weldon": reading}, indices[-1])])
    station.same_in_python(pooling_in_python.verdicts(view, chosen, indices))


def _credit(chosen: Chosen) -> None:
    st.markdown(chosen.caption)
    if chosen.credit:
        st.caption(chosen.credit)

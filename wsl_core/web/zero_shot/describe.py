"""The part "describe a class" of the Zero-shot page: a picture among classes that the visitor describes."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from wsl_core.errors import WslError
from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.figures.ink import percent
from wsl_core.figures.signed_bars import signed_bars
from wsl_core.web import downloads, prediction, station
from wsl_core.web.controls import lasting, recall, remember
from wsl_core.web.sentences import plain
from wsl_core.web.zero_shot import describe_sentences as words
from wsl_core.web.zero_shot import downloads as files
from wsl_core.web.zero_shot import in_python as code
from wsl_core.web.zero_shot import rows
from wsl_core.web.zero_shot.asked import Asked, asked
from wsl_core.web.zero_shot.decision import Decision, decided
from wsl_core.web.zero_shot.sentences import SHOW
from wsl_core.web.zero_shot.view import ZeroShotView

BEST = 8  # classes with a bar
QUESTION = "zero_shot_describe"
EDITED = "edited"


def show() -> None:
    """A picture, its attributes, every class, and the row that is changed."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        place = asked()
        method = lasting(ZeroShotView, "method")
        split = lasting(ZeroShotView, "split")
        gamma = lasting(ZeroShotView, "gamma")
        predict = lasting(ZeroShotView, "predict")
    with left:
        st.image(place.picture, alt=place.title, width=420) if place.picture else st.info(
            place.about, icon=":material/image_not_supported:"
        )
        try:
            found = decided(place, split, method, gamma)
        except WslError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        if predict and not _predicted(found, place):
            return
    name = _edit(right, found)
    found = decided(place, split, method, gamma)  # with what was just changed
    with left:
        _answer(found)
        _attributes(found, name)
    _tables(found, name)
    station.same_in_python(code.describe(split, method, found.setting.how, place, rows.own()))
    downloads.drawer(lambda: files.of_decision(found))


def _predicted(found: Decision, place: Asked) -> bool:
    """Whether the visitor has said which class will win; asks otherwise."""
    first = [found.table.classes[one] for one in np.sort(found.order[:4])]
    said = prediction.ask(
        f"{QUESTION}_{place.key}",
        "Four classes are close. Which one will win?",
        [*first, SHOW],
    )
    if said is None:
        return False
    if said != SHOW:
        best = found.table.classes[found.order[0]]
        prediction.compare(f"{QUESTION}_{place.key}", said, best, plain(f"{best} wins."))
    return True


def _answer(found: Decision) -> None:
    """Who wins, and what carried it."""
    names = found.table.classes
    st.markdown(words.verdict(names, found.scores, found.new, found.gamma))
    top = found.order[:BEST]
    labelled = [
        (f"{names[one]} ({words.kind(bool(found.new[one]), found.taught[names[one]])})",
         float(found.scores[one]))
        for one in top
    ]  # fmt: skip
    station.figure(signed_bars(labelled, words.scores(*zip(*labelled, strict=True))))
    st.caption(words.unit(found.setting.method))
    best, second = (names[one] for one in found.order[:2])
    parts = found.carried()
    st.markdown(f"**Why {plain(best)} and not {plain(second)}**")
    if parts:
        station.figure(signed_bars(parts, words.reasons(best, second, parts)))
        st.caption(
            f"What the score of {plain(best)} would lose if it had the value of {plain(second)} for this one "
            f"attribute. Red carried it, blue spoke against it."
        )
    else:
        st.markdown("No single attribute decides: to the method their rows are the same.")


def _edit(place: object, found: Decision) -> str:
    """The menu of classes, the sliders of one row, and new classes; returns the class."""
    with place:  # type: ignore[attr-defined]
        st.header("Its row", anchor=False)
        names = list(found.table.classes)
        recall(EDITED)
        if st.session_state.get(EDITED) not in (None, *names):  # it was removed
            del st.session_state[EDITED]
        name = remember(EDITED, _menu(names))
        st.caption(words.TRY)
        _sliders(found, name)
        _new(found, names)
        _own_table()
    return name


def _menu(names: list[str]) -> str:
    usual = ZeroShotView().edited
    default = usual if usual in names else names[0]
    chosen: str = st.selectbox(
        "Change the row of", names, names.index(default), key=EDITED, bind="query-params",
        help=ZeroShotView.model_fields[EDITED].description,
    )  # fmt: skip
    return chosen or default


def _sliders(found: Decision, name: str) -> None:
    shown = found.telling(name)
    key = "zero_shot_more"
    more = st.selectbox(
        "And any other attribute", [one for one in found.table.attributes if one not in shown],
        None, key=key, placeholder="choose one",
    )  # fmt: skip
    for attribute in [*shown, *([more] if more else [])]:
        _slider(found, name, attribute)
    st.button(
        "As published", key="zero_shot_back", icon=":material/replay:", on_click=_back(name, found),
        disabled=not rows.own().changed.get(name),
    )  # fmt: skip


def _key(name: str, attribute: str) -> str:
    return f"zero_shot_{name}_{attribute}"


def _slider(found: Decision, name: str, attribute: str) -> None:
    column = found.table.attributes.index(attribute)
    now = found.table.values[found.table.index(name), column]
    was = found.before.values[found.before.index(name), column]
    key = _key(name, attribute)

    def changed() -> None:
        rows.change(name, attribute, st.session_state[key] / 100)

    st.slider(
        f"{attribute} (published {percent(float(was), 0)})", 0, 100, round(100 * float(now)), 1,
        format="%d %%", key=key, on_change=changed,
    )  # fmt: skip
    if st.session_state[key] != round(100 * float(now)):  # it came back with what it held before
        changed()


def _back(name: str, found: Decision) -> Callable[[], None]:
    def back() -> None:
        rows.forget(name)
        for attribute in found.table.attributes:
            st.session_state.pop(_key(name, attribute), None)

    return back


def _new(found: Decision, names: list[str]) -> None:
    """A class that no picture ever showed."""
    with st.popover("Add a class", icon=":material/add:"):
        st.text_input("Name", key="zero_shot_name", max_chars=rows.LONGEST)
        st.selectbox("Its row begins as that of", names, key="zero_shot_like")
        st.button("Add", key="zero_shot_add", on_click=_add(found), type="primary")
        if refused := st.session_state.pop("zero_shot_refused", ""):
            st.warning(plain(refused), icon=":material/edit:")
    for name in rows.own().added:
        st.button(
            f"Remove {plain(name)}", key=f"zero_shot_remove_{name}", icon=":material/delete:",
            on_click=rows.remove, args=(name,),
        )  # fmt: skip


def _add(found: Decision) -> Callable[[], None]:
    def added() -> None:
        name = " ".join(st.session_state.zero_shot_name.split())
        refused = rows.add(found.setting.animals.table, name, st.session_state.zero_shot_like)
        if refused:
            st.session_state["zero_shot_refused"] = refused
        else:
            st.session_state[EDITED] = name
            st.session_state["zero_shot_name"] = ""

    return added


def _own_table() -> None:
    """A table of the visitor's own instead of the published one."""
    shut = station.drawer("A table of your own", ":material/upload_file:", "zero_shot_own_table")
    if shut.open:
        with shut:
            st.markdown(words.OWN_TABLE)
            st.file_uploader(
                "CSV file", ["csv"], key="zero_shot_csv", max_upload_size=1, on_change=_take
            )
            if refused := st.session_state.pop("zero_shot_table_refused", ""):
                st.error(plain(refused), icon=":material/table_view:")


def _take() -> None:
    file = st.session_state.zero_shot_csv
    data, name = (None, "") if file is None else (file.getvalue(), file.name)
    if refused := rows.replace_table(data, name):
        st.session_state["zero_shot_table_refused"] = refused


def _attributes(found: Decision, name: str) -> None:
    """What the picture is predicted to have, with the uncertainty, beside the row that is described."""
    st.markdown("**What the picture is predicted to have**")
    values, deviations = found.predicted
    described = found.table.values[found.table.index(name)]
    order = found.standing_out()
    drawn = [
        Row(
            found.table.attributes[one],
            (
                Bar(float(values[one]), percent(float(values[one]), 0), float(deviations[one])),
                Bar(float(described[one]), percent(float(described[one]), 0)),
            ),
        )
        for one in order
    ]
    kinds = ("predicted for the picture", f"row of {name}")
    station.figure(
        bars(drawn, kinds, words.predicted(found.table.attributes, values, deviations, order))
    )
    st.caption(words.uncertainty(deviations))


def _tables(found: Decision, name: str) -> None:
    """Every class, and every attribute of a row, as text."""
    everyone = station.drawer("Every class as a table", ":material/table:", "zero_shot_classes")
    if everyone.open:
        with everyone:
            station.table(*words.every_class(found))
    all_of_them = station.drawer(
        "Every attribute of this row as a table", ":material/list:", "zero_shot_row"
    )
    if all_of_them.open:
        with all_of_them:
            st.markdown(f"**{plain(name)}**")
            station.table(*words.every_attribute(found, name))

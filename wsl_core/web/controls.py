"""Widgets made from the fields of a parameter model: label, range, default and help are the field's.

A field's choices come from a Literal type or from `json_schema_extra={"choices": [...]}`, its step from
`json_schema_extra={"step": ...}`. Beside its choices a field takes what fits the pattern
`json_schema_extra={"also": ...}`, typed in. A field with `json_schema_extra={"class": True, "empty": ...}`
names a class of ImageNet, or holds nothing; with `"among": NAME` of another's where the field NAME says so.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wsl_core.networks import imagenet


def extra(field: FieldInfo, name: str) -> Any:
    """What the field says beside type and range, or None."""
    return field.json_schema_extra.get(name) if isinstance(field.json_schema_extra, dict) else None


def choices(field: FieldInfo) -> list[Any]:
    """The values that a field can take, where they can be counted."""
    if get_origin(field.annotation) is Literal:
        return list(get_args(field.annotation))
    return list(extra(field, "choices") or [])


def limits(field: FieldInfo) -> tuple[float | None, float | None]:
    """Smallest and largest value of a number."""
    low = next((one.ge for one in field.metadata if hasattr(one, "ge")), None)
    high = next((one.le for one in field.metadata if hasattr(one, "le")), None)
    return low, high


def from_text(field: FieldInfo, text: str) -> Any:
    """The value that `text` in an address stands for; ValueError or ClassNameError where for none."""
    if counted := choices(field):
        found = [choice for choice in counted if str(choice) == text]
        if not found and (also := extra(field, "also")) and re.fullmatch(also, text):
            return text
        if not found:
            raise ValueError(text)
        return found[0]
    if extra(field, "class") and text != field.default:
        classes = imagenet.classes()
        return classes.titles[classes.find(text)]
    if field.annotation is bool:
        if text not in {"true", "false"}:
            raise ValueError(text)
        return text == "true"
    if field.annotation in (int, float):
        return field.annotation(text)
    return text


HELD = "held_controls"  # in the session


@dataclass(frozen=True)
class Held:
    """A control that a lesson holds at a value, whatever the visitor does.

    Attributes:
        value: that it has.
        hidden: whether it is not even drawn.
    """

    value: Any
    hidden: bool


def hold(held: Mapping[str, Held]) -> None:
    """Hold these controls, by name, and no others."""
    st.session_state[HELD] = dict(held)


def holding(name: str) -> Held | None:
    """What a control is held at; None where it is the visitor's."""
    held: Held | None = st.session_state.get(HELD, {}).get(name)
    return held


def control(model: type[BaseModel], name: str, **options: Any) -> Any:
    """The widget of one field, bound to the address under the field's name; returns its value.

    A field with choices becomes a row of buttons; with `"menu": True` a menu, with `"slider": True` a
    slider over them. A number becomes a slider, a truth value a switch. One that is held cannot be moved.
    """
    field = model.model_fields[name]
    if held := holding(name):
        st.session_state[name] = held.value
        if held.hidden:
            return held.value
        options |= {"disabled": True, "bind": None}  # bound, it would take what the address says
    return _drawn(field, name, options)


def _drawn(field: FieldInfo, name: str, options: dict[str, Any]) -> Any:
    if choices(field) and name in st.session_state and not _takes(field, st.session_state[name]):
        del st.session_state[name]  # another station's, which means something else by this name
    label, about = field.title or name, field.description
    common = {"key": name, "help": about, "bind": "query-params"} | options
    if counted := choices(field):
        if extra(field, "slider"):
            return st.select_slider(label, counted, field.default, **common)
        if extra(field, "menu"):
            common["accept_new_options"] = bool(extra(field, "also"))
            return st.selectbox(label, counted, counted.index(field.default), **common)
        return st.segmented_control(
            label,
            counted,
            default=field.default,
            required=True,
            width="stretch",
            wrap=True,  # in a column it would scroll, and what is beyond the edge is not seen
            **common,
        )
    if field.annotation is bool:
        return st.toggle(label, field.default, **common)
    if extra(field, "class"):
        return st.text_input(label, field.default, placeholder=extra(field, "empty"), **common)
    low, high = limits(field)
    if low is None or high is None:
        raise TypeError(f"{name} has no range, so it has no slider")
    kind = int if field.annotation is int else float
    return st.slider(label, kind(low), kind(high), field.default, extra(field, "step"), **common)


KEPT = "kept_controls"  # in the session
CATCHES_UP = 5.0  # s within which a browser has surely shown what it was sent


@dataclass
class Kept:
    """What the lasting controls of a visit hold, and when they were drawn."""

    values: dict[str, Any] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)  # in this run
    before: set[str] = field(default_factory=set)  # in the run before
    back: dict[str, float] = field(default_factory=dict)  # s on the clock when it last came back


def _kept() -> Kept:
    kept: Kept = st.session_state.setdefault(KEPT, Kept())
    return kept


def forget() -> None:
    """Let go of what the lasting controls of all stations hold: they begin from their defaults."""
    st.session_state[KEPT] = Kept()


def begin() -> None:
    """A run begins, of a page or of the fragment that its lasting controls are drawn in.

    Where both begin in one run, all controls count as come back, which does no harm.
    """
    kept = _kept()
    kept.before, kept.drawn = kept.drawn, set()


def lasting(model: type[BaseModel], name: str, **options: Any) -> Any:
    """As `control`, for one that is not drawn in every run: what was chosen is there when it comes back.

    A station may know fewer values than the one that the visitor comes from: others are forgotten.
    """
    if holding(name):
        return control(model, name, **options)
    field = model.model_fields[name]
    kept = _kept().values
    if name in kept and choices(field) and not _takes(field, kept[name]):
        del kept[name]
    recall(name)
    return remember(name, control(model, name, **options))


def _takes(field: FieldInfo, value: Any) -> bool:
    try:
        return bool(from_text(field, str(value)) == value)
    except ValueError:
        return False


def recall(key: str) -> None:
    """Before a widget is drawn: give it back what it held.

    A browser forgets a widget when it is shown the end of a run without it, and that may be after it has
    asked for the next run, or the one after that, as though it still held the value. Drawn without a
    value, the widget would start from its default there, and the next request would pass that off as the
    visitor's choice. So one that comes back is sent with its value until the browser must have caught up,
    or the visitor chooses anew: what is sent would undo a choice made while it is on its way.
    """
    kept, now = _kept(), time.monotonic()
    kept.drawn.add(key)
    if key not in kept.values:  # it is drawn for the first time
        return
    if key not in kept.before:
        kept.back[key] = now
    value = st.session_state.get(key, kept.values[key])
    if key in kept.before and value != kept.values[key]:
        kept.back.pop(key, None)
    if now - kept.back.get(key, -CATCHES_UP) < CATCHES_UP:
        st.session_state[key] = value


def remember(key: str, value: Any) -> Any:
    """After a widget is drawn: keep what it holds for `recall`; returns it."""
    _kept().values[key] = value
    return value

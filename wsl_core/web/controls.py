"""Widgets made from the fields of a parameter model: label, range, default and help are the field's.

A field's choices come from a Literal type or from `json_schema_extra={"choices": [...]}`, its step from
`json_schema_extra={"step": ...}`. Beside its choices a field takes what fits the pattern
`json_schema_extra={"also": ...}`, typed in. A field with `json_schema_extra={"class": True, "empty": ...}`
names a class of ImageNet, or holds nothing.
"""

import re
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


def control(model: type[BaseModel], name: str, **options: Any) -> Any:
    """The widget of one field, bound to the address under the field's name; returns its value.

    A field with choices becomes a row of buttons; with `"menu": True` a menu, with `"slider": True` a
    slider over them. A number becomes a slider, a truth value a switch.
    """
    field = model.model_fields[name]
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


def lasting(model: type[BaseModel], name: str, **options: Any) -> Any:
    """As `control`, for one that is not drawn in every run: what was chosen is there when it comes back."""
    recall(name)
    return remember(name, control(model, name, **options))


def recall(key: str) -> None:
    """Before a widget is drawn: give it back what it held.

    Streamlit forgets a widget where a run ends, or is overtaken by the next click, before it is drawn;
    a bound one leaves the address then.
    """
    kept = st.session_state.setdefault(KEPT, {})
    if key in kept and key not in st.session_state:
        st.session_state[key] = kept[key]


def remember(key: str, value: Any) -> Any:
    """After a widget is drawn: keep what it holds for `recall`; returns it."""
    st.session_state.setdefault(KEPT, {})[key] = value
    return value

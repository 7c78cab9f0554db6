"""The link is the state: every control of a page is in its address, and an address restores them.

Streamlit binds widgets to the address (`bind="query-params"`) but drops bad values in silence. So an
address is first read by the page's parameter model: unknown keys are ignored, a bad value is replaced
by the default with a sentence that says so.
"""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from wsl_core.errors import ClassNameError
from wsl_core.web.controls import choices, extra, from_text, limits

STAYS = ("picture",)  # what goes along from state to state
ONWARD = "onward"  # in the address: the names of what a link from elsewhere brings
BROUGHT = "brought"  # in the session: the same of a page that goes to another one by itself
HERE = "link_of"  # in the session: the station whose link was read last
NOTICES = "link_notices"  # in the session: by model


def accepted(field: FieldInfo) -> str:
    """What a field accepts, for sentences."""
    if counted := choices(field):
        more = extra(field, "accepted")
        return "one of " + ", ".join(str(choice) for choice in counted) + (more or "")
    if field.annotation is bool:
        return "true or false"
    low, high = limits(field)
    if low is not None:
        what = "a whole number" if field.annotation is int else "a number"
        return f"{what} from {low:g} to {high:g}"
    return extra(field, "accepted") or "a name"


def as_text(value: Any) -> str:
    """A value as an address holds it; `from_text` reads it back."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def parse(model: type[BaseModel], query: dict[str, str]) -> tuple[BaseModel, list[str]]:
    """Parameters from an address.

    Returns:
        the parameters, defaults where the address says nothing usable, and a sentence for every value
        that could not be used.
    """
    given: dict[str, Any] = {}
    notices = []
    for name, field in model.model_fields.items():
        if name not in query:
            continue
        shown = query[name] if len(query[name]) <= 40 else query[name][:40] + "…"
        default = as_text(field.default)
        instead = f" The default, {default}, is used instead." if default else " It is left out."
        try:
            value = query[name]
            if not _of_another(model, field, query):
                value = from_text(field, value)
            model.model_validate({name: value})
        except ClassNameError as error:
            why = str(error).replace(query[name], shown)
            notices.append(
                f"The link asks for {name}={shown}, which names no class. {why}{instead}"
            )
        except (ValueError, ValidationError):
            notices.append(
                f"The link asks for {name}={shown}, which is not accepted: it must be "
                f"{accepted(field)}.{instead}"
            )
        else:
            given[name] = value
    return model.model_validate(given), notices


def _of_another(model: type[BaseModel], field: FieldInfo, query: dict[str, str]) -> bool:
    """Whether a class is one of a head that the address names, so not to be looked for in ImageNet."""
    among = extra(field, "among")
    if not query.get(among or "") or among not in model.model_fields:
        return False
    return not parse(model, {among: query[among]})[1]


def arrive(*models: type[BaseModel]) -> None:
    """Before `restore`: what a link from elsewhere brings goes into the address and the controls.

    Streamlit takes a key that was bound there out of the address, though it is this station's, too; so the
    link is read as the browser sent it.
    """
    here = [model.__name__ for model in models]
    if st.session_state.get(HERE) == here:
        return
    st.session_state[HERE], st.session_state[NOTICES] = here, {}
    brought = _brought() | st.session_state.pop(BROUGHT, {})
    for model in models:
        parameters, _ = parse(model, brought)
        for name in parameters.model_fields_set:
            put(name, model.model_fields[name], getattr(parameters, name))


def put(name: str, field: FieldInfo, value: Any) -> None:
    """Before its control is drawn: a value for it, and for the address, which leaves defaults out."""
    st.session_state[name] = value
    # What a control of this page is bound to, the control writes itself, and nobody else may.
    with contextlib.suppress(StreamlitAPIException):
        if value != field.default:
            st.query_params[name] = as_text(value)
        elif name in st.query_params:
            del st.query_params[name]


def apply(link: Mapping[str, str], models: Sequence[type[BaseModel]]) -> None:
    """Before the controls of a page are drawn: each has what the link says, all others begin anew.

    What is in `STAYS` is the visitor's own, unless the link names it.
    """
    for model in models:
        asked, _ = parse(model, dict(link))
        for name, field in model.model_fields.items():
            if name in link or name not in STAYS:
                put(name, field, getattr(asked, name))


def _brought() -> dict[str, str]:
    """Values of a link that another station drew."""
    names = st.query_params.get(ONWARD, "").split(",")
    if names == [""]:
        return {}
    context = get_script_run_ctx()
    sent = parse_qsl(context.query_string if context else "", keep_blank_values=True)
    del st.query_params[ONWARD]  # which changes the context, too
    return {
        name: value for name, value in sent if name in names
    }  # the last of several is the link's


def restore(model: type[BaseModel]) -> list[str]:
    """Read the address once per visit, before any bound widget is drawn; returns the notices.

    The notices stay until the visitor leaves the page.
    """
    kept = st.session_state.setdefault(NOTICES, {})
    if model.__name__ not in kept:
        query = st.query_params.to_dict()
        parameters, kept[model.__name__] = parse(model, query)
        # A class may be named by its index or a synonym; the menu knows it by its title.
        better = {
            name: as_text(getattr(parameters, name))
            for name in parameters.model_fields_set
            if as_text(getattr(parameters, name)) != query[name]
        }
        refused = (model.model_fields.keys() & query.keys()) - parameters.model_fields_set
        for name in refused:
            del st.query_params[name]
        if better:
            st.query_params.update(better)
        if better or refused:
            st.rerun()
    notices: list[str] = kept[model.__name__]
    return notices

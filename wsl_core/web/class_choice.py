"""Which class is shown: typed into a field, or taken from what the network finds likely."""

from typing import Any

import streamlit as st
from pydantic import BaseModel, Field

from wsl_core.errors import ClassNameError
from wsl_core.networks import ClassMaps, ClassNames, imagenet
from wsl_core.web.controls import holding, lasting
from wsl_core.web.sentences import plain

MOST_LIKELY = ""
CANDIDATES = 12  # classes offered where a name fits several


def class_field(title: str = "Class", empty: str = "the most likely", about: str = "") -> Any:
    """The field of a parameter model that names a class of ImageNet, or none.

    Args:
        title: of its control.
        empty: what is taken where none is named.
        about: a sentence before the one on how to search.
    """
    search = "Search all classes: a name, a part of one, a wnid or an index."
    return Field(
        MOST_LIKELY,
        title=title,
        description=f"{about} {search}".strip(),
        json_schema_extra={"class": True, "empty": empty, "among": "head"},
    )


def named_class(text: str, classes: ClassNames) -> tuple[str, str, list[str]]:
    """What a visitor typed as a class.

    Returns:
        the text if it names one class, else nothing; a sentence where it does not; and the titles of
        the classes that it could mean.
    """
    try:
        if text != MOST_LIKELY:
            classes.find(text)
    except ClassNameError as error:
        found = classes.matches(text)
        if not found:
            return MOST_LIKELY, str(error), []
        more = f", of which the first {CANDIDATES} are here" if len(found) > CANDIDATES else ""
        sentence = f"{len(found)} classes fit this name{more}:"
        return MOST_LIKELY, sentence, [classes.titles[i] for i in found[:CANDIDATES]]
    return text, "", []


def index_of(classes: ClassNames, name: str, otherwise: int) -> int:
    """The class of that name; another one where the network at hand has no such class."""
    try:
        return otherwise if name == MOST_LIKELY else classes.find(name)
    except ClassNameError:
        return otherwise


def show(title: str, name: str = "first") -> None:
    """Show this class instead."""
    st.session_state[name] = title


def ask(model: type[BaseModel], name: str = "first", classes: ClassNames | None = None) -> str:
    """Ask for a class; where the name fits several, offer them and keep to the most likely.

    Args:
        model: that declares the field.
        name: of the field.
        classes: among which; ImageNet's by default.
    """
    typed = lasting(model, name)
    chosen, sentence, candidates = named_class(typed, classes or imagenet.classes())
    if sentence:
        st.markdown(plain(sentence))
        with st.container(horizontal=True, gap="small"):
            for title in candidates:
                st.button(title, key=f"{name}-{title}", on_click=show, args=(title, name))
    return chosen


def likely(place: Any, maps: ClassMaps, index: int, count: int = 5) -> None:
    """The likeliest classes as buttons; the one that is shown stands out."""
    with place:
        for one in maps.top(min(count, len(maps.classes))):
            meaning = maps.classes.definitions[one.index] if maps.classes.definitions else ""
            st.button(
                f"{one.name} {one.probability:.0%}",
                key=f"likely-{one.index}",
                help=f"{one.score:.2f} logits. {meaning.capitalize()}.".removesuffix(" ."),
                on_click=show,
                args=(one.name,),
                type="primary" if one.index == index else "secondary",
                disabled=holding("first") is not None,
            )

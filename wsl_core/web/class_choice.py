"""Which class is shown: typed into a field, or taken from what the network finds likely."""

from typing import Any

import streamlit as st
from pydantic import BaseModel

from wsl_core.networks import ClassMaps, imagenet
from wsl_core.web.activation_maps import named_class
from wsl_core.web.controls import lasting
from wsl_core.web.sentences import plain


def show(title: str, name: str = "first") -> None:
    """Show this class instead."""
    st.session_state[name] = title


def ask(model: type[BaseModel], name: str = "first") -> str:
    """Ask for a class; where the name fits several, offer them and keep to the most likely."""
    typed = lasting(model, name)
    chosen, sentence, candidates = named_class(typed, imagenet.classes())
    if sentence:
        st.markdown(plain(sentence))
        with st.container(horizontal=True, gap="small"):
            for title in candidates:
                st.button(title, key=f"{name}-{title}", on_click=show, args=(title, name))
    return chosen


def likely(place: Any, maps: ClassMaps, index: int, count: int = 5) -> None:
    """The likeliest classes as buttons; the one that is shown stands out."""
    with place:
        for one in maps.top(count):
            st.button(
                f"{one.name} {one.probability:.0%}",
                key=f"likely-{one.index}",
                help=f"{one.score:.2f} logits. {maps.classes.definitions[one.index].capitalize()}.",
                on_click=show,
                args=(one.name,),
                type="primary" if one.index == index else "secondary",
            )

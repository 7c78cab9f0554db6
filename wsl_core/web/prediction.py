"""Predict first, then see: a question whose answer stays hidden until one is chosen."""

from collections.abc import Sequence

import streamlit as st


def _key(name: str) -> str:
    return f"prediction_{name}"  # in the session


def again(name: str) -> None:
    """Hide the answer again."""
    st.session_state.pop(_key(name), None)


def _keep(name: str) -> None:
    st.session_state[_key(name)] = st.session_state[f"choose_{name}"]


def ask(name: str, question: str, options: Sequence[str]) -> str | None:
    """Ask until there is an answer, which is returned from then on.

    Args:
        name: of the question; the widgets are `choose_NAME` and `again_NAME`.
        question: Markdown.
        options: to choose from.
    """
    kept: str | None = st.session_state.get(_key(name))
    if kept is None:
        st.markdown(question)
        st.segmented_control(
            "Your prediction",
            options,
            key=f"choose_{name}",
            on_change=_keep,
            args=(name,),
            width="stretch",
        )
    return kept


def compare(name: str, said: str, answer: str, found: str) -> None:
    """After `ask`: how the prediction compares with what was found, and the way to another one."""
    verdict = "That is how it is." if said == answer else "It is otherwise."
    st.info(f"You said: {said}. {verdict} {found}", icon=":material/target:")
    st.button(
        "Predict again", key=f"again_{name}", on_click=again, args=(name,), icon=":material/replay:"
    )

"""The worksheet of a station: questions to predict, to try and to explain."""

from collections.abc import Sequence

import streamlit as st
from pydantic import BaseModel

from wsl_core.practical import Question, answers, practical
from wsl_core.web import controls, links, pictures
from wsl_core.web.practical import kept, seen, view
from wsl_core.web.practical.seen import Seen
from wsl_core.web.practical.top import to_the_top
from wsl_core.web.sentences import plain

TRIED = "practical_try"  # in the session: the question whose state is to be shown
TIMES = "practical_times"  # in the session: how often something was tried
PLACE = "practical_place"  # in the session, for one run: where it is told what was kept
LEAVES = "practical_leaves"  # in the session: the handout is asked for
HANDOUT = "pages/handout.py"


def begin(models: Sequence[type[BaseModel]]) -> None:
    """Before a station's controls are drawn: set what a question tries, and see what is asked for.

    Args:
        models: of all that this station's link holds.
    """
    if st.session_state.pop(LEAVES, False):
        # Without query_params it refuses where controls are bound.
        st.switch_page(HANDOUT, query_params={})
    view.arrive()
    seen.begin(models)
    if (question := st.session_state.pop(TRIED, None)) is not None:
        _set(question, models)


def show(url: str) -> None:
    """The questions of a station."""
    questions = practical().of_station(url)
    to_the_top(st.session_state.get(TIMES, 0), "practical-top")
    st.markdown(
        "Write down what you expect, try it, then say why. What you write and keep is in this tab only, "
        "until it is closed: nothing is stored on the server."
    )
    # A link would be overtaken by a text that is just being left, most of all under a finger.
    st.button(
        "To your handout", icon=":material/description:", key="practical-handout", on_click=_leave
    )
    if view.asked() and not view.shown():
        st.info(view.REFUSED, icon=":material/lock:")
    for number, one in enumerate(questions, 1):
        with st.container(border=True, key=f"question-{one.key}"):
            _question(one, f"{number} of {len(questions)}")


def keep(key: str, what: Seen) -> None:
    """What is seen goes into the handout, or the question says why not."""
    kept.add(key, what)
    if (place := st.session_state.pop(PLACE, None)) is not None:
        with place:
            _told(key)


def _question(one: Question, place: str) -> None:
    st.markdown(f"**Question {place}: predict.** {one.predict}")
    _text(one.key, kept.PREDICT, "Your prediction")
    st.markdown(f"**Try.** {one.do}")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Try it", icon=":material/play_arrow:", key=f"try-{one.key}", on_click=_try, args=(one,)
        )
        st.button(
            "Keep what is seen",
            icon=":material/photo_camera:",
            key=f"keep-{one.key}",
            help="Its tables, figures, pictures, settings and link go into your handout, as they are now.",
            on_click=seen.ask,
            args=(one.key,),
        )
    told = st.container()
    if st.session_state.get(seen.ASKED) == one.key:  # it is kept when the page has been drawn
        st.session_state[PLACE] = told
    else:
        with told:
            _told(one.key)
    st.markdown(f"**Explain.** {one.explain}")
    _text(one.key, kept.EXPLAIN, "Your explanation")
    if view.shown():
        st.success(f"**Answer.** {answers()[one.key]}", icon=":material/school:")


def _text(key: str, which: str, label: str) -> None:
    """A field whose text is kept when the worksheet is closed, and on other pages."""
    name = f"{which}-{key}"
    if name not in st.session_state:
        st.session_state[name] = kept.written(key, which)
    st.text_area(
        label, key=name, height=80, max_chars=kept.LONGEST, on_change=_keep_text, args=(key, which)
    )


def _keep_text(key: str, which: str) -> None:
    kept.write(key, which, st.session_state[f"{which}-{key}"])


def _leave() -> None:
    st.session_state[LEAVES] = True


def _try(question: Question) -> None:
    st.session_state[TRIED] = question
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1


def _told(key: str) -> None:
    """How much was kept for a question, and why the last was not."""
    if sentence := kept.refused(key):
        st.warning(plain(sentence), icon=":material/inventory_2:")
    if count := len(kept.of(key).seen):
        times = "once" if count == 1 else f"{count} times"
        last = kept.of(key).seen[-1]
        st.markdown(f"Kept {times} for your handout, last with {contents(last)}.")


def contents(what: Seen) -> str:
    """What there is in something that was kept, for a sentence."""
    parts = (
        (len(what.pictures), "picture"),
        (len(what.figures), "figure"),
        (len(what.tables), "table"),
    )
    named = [f"{count} {name}{'s' * (count > 1)}" for count, name in parts if count]
    return ", ".join([*named, "settings and link"]) if named else "settings and link"


def _set(question: Question, models: Sequence[type[BaseModel]]) -> None:
    """Put the controls where the question has them, all others where they begin."""
    controls.forget()
    if "picture" in question.link:
        pictures.from_the_gallery_again()
    links.apply(question.link, models)

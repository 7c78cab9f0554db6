"""What a student wrote and kept: in the browser's session until the tab is closed, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from wsl_core.practical import Question
from wsl_core.settings import settings
from wsl_core.web.practical.seen import Seen

NAME = "practical_name"  # in the session
KEPT = "practical_kept"  # in the session: what was seen, by question
WRITTEN = "practical_written"  # in the session: texts by question, and by `PREDICT` or `EXPLAIN`
REFUSED = "practical_refused"  # in the session: why something was not kept, by question
PREDICT, EXPLAIN = "predict", "explain"
LONGEST = 2000  # characters of a prediction, or of an explanation
LONGEST_NAME = 100
MOST = 60  # times that what is seen may be kept


@dataclass(frozen=True)
class Answered:
    """What belongs to a question.

    Attributes:
        predict: what the student expects.
        explain: what the student makes of it.
        seen: what was kept, in that order.
    """

    predict: str = ""
    explain: str = ""
    seen: Sequence[Seen] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.predict.strip() or self.explain.strip() or self.seen)


def write(key: str, which: str, text: str) -> None:
    """Keep a text of the question `key`: which is `PREDICT` or `EXPLAIN`."""
    st.session_state.setdefault(WRITTEN, {})[key, which] = text


def written(key: str, which: str) -> str:
    """What was written last; empty where nothing was."""
    return str(st.session_state.get(WRITTEN, {}).get((key, which), ""))


def of(key: str) -> Answered:
    """What belongs to the question `key`."""
    return Answered(written(key, PREDICT), written(key, EXPLAIN), _seen().get(key, ()))


def answered(questions: Sequence[Question]) -> list[tuple[Question, Answered]]:
    """Those of the questions for which there is anything."""
    return [(one, found) for one in questions if (found := of(one.key))]


def name() -> str:
    """The student's."""
    return str(st.session_state.get(NAME) or "")


def add(key: str, seen: Seen) -> None:
    """Keep what is seen for a question, or `refused` says why not."""
    sentence = _why_not(seen)
    st.session_state.setdefault(REFUSED, {})[key] = sentence
    if not sentence:
        _seen().setdefault(key, []).append(seen)


def refused(key: str) -> str:
    """Why the last was not kept for a question; empty where it was, or where there is room again."""
    return str(st.session_state.get(REFUSED, {}).get(key, ""))


def _why_not(seen: Seen) -> str:
    everything = [one for several in _seen().values() for one in several]
    limit = settings().handout_megabytes
    held = sum(one.size for one in everything)
    if len(everything) >= MOST:
        return (
            f"What was seen has been kept {MOST} times, which is as often as a handout takes. "
            "Remove something on the page Handout, then keep this."
        )
    if held + seen.size > limit * 1e6:
        return (
            f"The handout holds {held / 1e6:.2f} of {limit:g} megabytes, and this would be "
            f"{seen.size / 1e6:.2f} more. Remove something on the page Handout, then keep this."
        )
    return ""


def remove(key: str, number: int) -> None:
    """Let go of the `number`-th thing that was kept for a question, counted from 0."""
    if number < len(_seen().get(key, ())):
        del _seen()[key][number]
        st.session_state.pop(REFUSED, None)


def _seen() -> dict[str, list[Seen]]:
    kept: dict[str, list[Seen]] = st.session_state.setdefault(KEPT, {})
    return kept

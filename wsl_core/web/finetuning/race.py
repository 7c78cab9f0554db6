"""The part "the race" of the Fine-tuning page: a finished race, predicted first, then its curves and bars."""

from collections.abc import Sequence

import streamlit as st

from wsl_core.transfer.finetuning import STRATEGIES
from wsl_core.transfer.finetuning.finished import Mean, Race, Shipped, over, shipped_race
from wsl_core.web import prediction, station
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.finetuning import downloads as files
from wsl_core.web.finetuning import figures as drawn
from wsl_core.web.finetuning import in_python as code
from wsl_core.web.finetuning import sentences as words
from wsl_core.web.finetuning.view import FineTuningView
from wsl_core.web.sentences import plain

QUESTION, SHOW = "finetuning", "Just show me"
NONE = "No finished race comes with this installation. Race on classes of your own instead."


def show() -> None:
    """The finished race."""
    found = shipped_race()
    if found is None:
        st.info(NONE, icon=":material/info:")
        return
    first = found.races[0]
    st.markdown(plain(words.setting(first, len(found.races))))
    left, right = st.columns([2, 3], gap="large")
    with left:
        predict = lasting(FineTuningView, "predict")
    if predict and not _predicted(found):
        with st.expander("What the strategies do", icon=":material/list:"):
            strategies([one.name for one in first.courses])
        return
    with left:
        station.figure(
            drawn.accuracies(
                {one.name: (one.title, found.accuracies()[one.name]) for one in first.courses},
                "test accuracy",
            )
        )
        figure = lasting(FineTuningView, "figure")
        last = len(found.races) - 1
        draw = min(lasting(FineTuningView, "draw"), last) if last else 0
    chosen = found.races[draw]
    with right:
        st.markdown(plain(words.outcome(found)))
        strategies([one.name for one in first.courses])
    curves(chosen, figure)
    more(found.races, chosen, found)


def strategies(names: Sequence[str]) -> None:
    """What each strategy does."""
    for name in names:
        one = STRATEGIES[name]
        st.markdown(f"**{plain(one.title)}.** {plain(one.sentence)} *{plain(one.source)}*")


def curves(race: Race, figure: str) -> None:
    """A chart a strategy, and what each says."""
    st.subheader("As they learn", anchor=False)
    st.caption(
        "Training pictures are counted as they are learned from, cropped and mirrored. The distance between "
        "both lines is overfitting. A step is an epoch; of the support vector machine it is one value of C. "
        "The marked epoch was kept."
    )
    inline(drawn.curves(race.courses, figure), "race-curves")


def more(races: Sequence[Race], chosen: Race, found: Shipped | None) -> None:
    """Table, where the figures come from, downloads, the same in Python."""
    table = station.drawer("All figures as a table", ":material/table:", "race_table")
    if table.open:
        with table:
            station.table(words.RACE_HEAD, words.race_rows(races))
            for one in chosen.courses:
                st.markdown(f"- {plain(words.gap(one))}")
    if found is not None:
        about = found.about
        st.caption(
            plain(
                f"{about['data']}; {about['date']}, {about['machine']}; made by {about['command']}. Recipes "
                f"were chosen on validation parts of other classes."
            )
        )
        files.drawer(lambda: files.of_race(chosen))
        station.same_in_python(code.finished_race())


def means(race: Race) -> dict[str, tuple[str, Mean]]:
    """Accuracies of one race, to be drawn as bars."""
    return {one.name: (one.title, over([one.accuracy])) for one in race.courses}


def _predicted(found: Shipped) -> bool:
    """Ask which strategy wins; whether there is an answer."""
    titles = [one.title for one in found.races[0].courses]
    said = prediction.ask(
        QUESTION, "**Which strategy wins with ten pictures a class?**", [*titles, SHOW]
    )
    if said is None:
        return False
    if said != SHOW:
        winner = STRATEGIES[found.winner()].title
        prediction.compare(QUESTION, said, winner, words.outcome(found))
    return True

"""The part "two cases" of the Fine-tuning page: pictures change, or names do, and one block is retrained."""

import streamlit as st

from wsl_core.images import Photo
from wsl_core.transfer.finetuning.cases import CASES, DIGITS, FEW, case, shown
from wsl_core.transfer.finetuning.finished import shipped_cases
from wsl_core.web import prediction, station
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.finetuning import downloads as files
from wsl_core.web.finetuning import figures as drawn
from wsl_core.web.finetuning import in_python as code
from wsl_core.web.finetuning import sentences as words
from wsl_core.web.finetuning.view import FineTuningView
from wsl_core.web.sentences import plain

BOTTOM, TOP, SHOW = "the first layers", "the last layers", "Just show me"
SAYS = {"bottom": BOTTOM, "top": TOP}
NONE = "No finished cases come with this installation. Choose layers and train them instead."


def choose() -> str:
    """The case, and a few of its digits."""
    name: str = lasting(FineTuningView, "case")
    one = case(name)
    st.markdown(f"**{plain(one.title)}.** {plain(one.sentence)}")
    digits(name)
    return name


def digits(name: str) -> None:
    """Digits of LeNet's own kind, and of the case."""
    pictures, labels = shown(name)
    with st.container(horizontal=True, gap="small", key=f"digits-{name}"):
        for picture, label in zip(pictures, labels, strict=True):
            data = Photo.from_array(picture).jpeg(64)
            st.image(
                data, alt=f"A digit that is called {DIGITS[label]}", caption=DIGITS[label], width=56
            )


def show() -> None:
    """Both cases, each asked first."""
    found = shipped_cases()
    name = choose()
    if found is None:
        st.info(NONE, icon=":material/info:")
        return
    means = found.accuracies(name)
    if lasting(FineTuningView, "predict") and not _predicted(name, words.case_outcome(found, name)):
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown("**One part alone is trained, all others stay**")
        station.figure(
            drawn.accuracies(
                {title: (title, mean) for title, mean in means.items()}, "test accuracy"
            )
        )
    with right:
        st.markdown(plain(words.case_outcome(found, name)))
        st.markdown(
            "For pictures the lecture copies the first layers and trains the last ones; for speech it copies "
            "the last ones. Behind both is one question: what differs between the old task and the new one?"
        )
        figure = lasting(FineTuningView, "figure")
    st.subheader("As they learn", anchor=False)
    st.caption(
        f"First draw of {FEW}. A step is an epoch; the marked one was kept. Each setup has the better of two "
        f"learning rates."
    )
    inline(drawn.curves([own[0] for own in found.setups[name].values()], figure), "case-curves")
    table = station.drawer("Figures as a table", ":material/table:", "case_table")
    if table.open:
        with table:
            station.table(["trained", "tested"], words.case_rows(found, name))
    about = found.about
    st.caption(plain(f"{about['data']}; {about['date']}, {about['machine']}; {about['command']}."))
    files.drawer(lambda: files.of_case(found, name))
    station.same_in_python(code.finished_case(name))


def _predicted(name: str, outcome: str) -> bool:
    question = f"finetuning-{name}"
    said = prediction.ask(
        question, "**Which end of the network is to be retrained?**", [BOTTOM, TOP, SHOW]
    )
    if said is None:
        return False
    if said != SHOW:
        prediction.compare(question, said, SAYS[CASES[name].expected], outcome)
    return True

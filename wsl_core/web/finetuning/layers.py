"""The part "choose layers" of the Fine-tuning page: copy, freeze or reset each block, and train."""

import streamlit as st

from wsl_core import jobs
from wsl_core.errors import WslError
from wsl_core.figures.network_blocks import Block, network_blocks
from wsl_core.transfer.finetuning import CASE_JOB
from wsl_core.transfer.finetuning import plan as plans
from wsl_core.transfer.finetuning.cases import BLOCKS, FEW, TESTED, TITLES, case
from wsl_core.transfer.finetuning.finished import Course, Mean, over, shipped_cases
from wsl_core.web import station
from wsl_core.web.components import monitor
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.finetuning import cases as finetuning_cases
from wsl_core.web.finetuning import downloads as files
from wsl_core.web.finetuning import figures as drawn
from wsl_core.web.finetuning import in_python as code
from wsl_core.web.finetuning import sentences as words
from wsl_core.web.finetuning.view import FineTuningView
from wsl_core.web.sentences import plain

ABOUT = (
    f"LeNet, trained on all of MNIST, is given other digits: {FEW}; tested on {TESTED:,}. Say what happens "
    f"to each of its blocks. Training takes some seconds."
)
COPIES = {"freeze", "copy"}


def show() -> None:
    """The case, the network, its controls, and the training."""
    st.markdown(ABOUT)
    name = finetuning_cases.choose()
    left, right = st.columns([2, 3], gap="large")
    with left:
        states = {block: lasting(FineTuningView, block) for block in BLOCKS}
        seed = lasting(FineTuningView, "seed")
    layers = FineTuningView(case=name, **states).layers()
    with right:
        st.html(network_blocks([Block(TITLES[block], state) for block, state in states.items()]))
        st.caption(plain(described(states)))
        try:
            plans.parsed(layers, BLOCKS, 1.0)
        except WslError as error:
            st.warning(plain(str(error)), icon=":material/ac_unit:")
        else:
            run = monitor.start("Train", CASE_JOB, {"case": name, "layers": layers, "seed": seed})
            if run is not None:
                followed(run)
    station.same_in_python(code.layers(name, layers, seed))


def described(states: dict[str, str]) -> str:
    """What is done, in a sentence."""
    copied = [TITLES[block] for block, state in states.items() if state in COPIES]
    trained = [TITLES[block] for block, state in states.items() if state != "freeze"]
    return f"Copied: {', '.join(copied) or 'nothing'}. Trained: {', '.join(trained) or 'nothing'}."


def followed(run: jobs.Run) -> None:
    """A run, and beside it what comes with the program."""
    state = monitor.watch(run)
    if state != "finished":
        return
    try:
        one = Course.of(run.result().facts | {"title": "your choice"})
    except (WslError, KeyError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    name = str(run.config["case"])
    st.markdown(plain(f"{case(name).title}. {described(dict(one.blocks))} {words.gap(one)}"))
    rows: dict[str, tuple[str, Mean]] = {"own": ("your choice", over([one.accuracy]))}
    found = shipped_cases()
    if found is not None:
        rows |= {title: (title, mean) for title, mean in found.accuracies(name).items()}
    st.html(drawn.accuracies(rows, "test accuracy"))
    inline(drawn.curves([one], lasting(FineTuningView, "figure")), "layers-curves")
    files.drawer(lambda: files.of_course(one))

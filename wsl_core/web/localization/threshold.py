"""The trap of the threshold: the best one on the measured pictures is also the luckiest one there."""

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.fcn.localization import threshold_choice
from wsl_core.fcn.localization.threshold_choice import ThresholdChoice
from wsl_core.web import prediction, station
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.localization import in_python as code
from wsl_core.web.localization.controls import asked
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.localization.mistakes import evaluated, of_run
from wsl_core.web.sentences import plain

GAINS = ((0.005, "nothing"), (0.02, "up to 2 points"), (0.05, "2 to 5 points"), (1.0, "more"))


def threshold() -> None:
    """The best threshold on the measured pictures against one chosen on others."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        view = asked("halves", "predict", "trained", "scheme", "fed")
    with left:
        st.markdown(
            "MaxBoxAcc tries a hundred thresholds on all pictures and reports the best. That is choosing on "
            "what is measured. Here the maps are split into halves, 200 times: the threshold is chosen on "
            "one half and measured on both."
        )
        _, run, found = evaluated(view)
        if run is not None and found is not None:
            st.markdown(of_run(run.config, found))
            try:
                right_at = threshold_choice.covered(found.evidence)
                maps = None if view.halves == "all" else int(view.halves)
                choice = threshold_choice.choose(right_at, maps)
            except WslError as error:
                st.warning(plain(str(error)), icon=":material/error:")
                return
            _chosen(choice, view)
    station.same_in_python(code.threshold(view))


def _chosen(choice: ThresholdChoice, view: LocalizationView) -> None:
    name = f"threshold-{view.halves}"
    if view.predict:
        said = prediction.ask(
            name,
            f"With **{choice.maps}** maps in each half: what does choosing the threshold on the measured "
            f"half add to the box accuracy?",
            tuple(title for _, title in GAINS),
        )
        if said is None:
            return
        prediction.compare(name, said, gain(choice), choice_sentence(choice))
    else:
        st.markdown(choice_sentence(choice))
    station.table(
        ["threshold chosen on", "box accuracy, %"],
        [
            ["the half that is measured", f"{100 * choice.chosen_here:.1f}"],
            ["the other half", f"{100 * choice.chosen_elsewhere:.1f}"],
        ],
    )


def gain(choice: ThresholdChoice) -> str:
    """One of the answers of the exercise."""
    return next(title for most, title in GAINS if choice.gain <= most)


def choice_sentence(choice: ThresholdChoice) -> str:
    """What choosing adds, with its spread."""
    low, high = choice.thresholds
    return (
        f"Chosen on the half that is measured, the box accuracy is {100 * choice.chosen_here:.1f} %; chosen "
        f"on the other half, {100 * choice.chosen_elsewhere:.1f} %. The difference, "
        f"{signed(100 * choice.gain, 1)} points (spread {100 * choice.deviation:.1f} over {choice.draws} "
        f"splits), is luck, and grows as pictures get fewer. The best threshold lay between {low:.2f} and "
        f"{high:.2f}."
    )

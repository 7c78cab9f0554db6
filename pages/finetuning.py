"""Fine-tuning: what is done with a trained network when one's own classes have few pictures."""

import streamlit as st

from wsl_core.web import station
from wsl_core.web.finetuning import cases as finetuning_cases
from wsl_core.web.finetuning import layers as finetuning_layers
from wsl_core.web.finetuning import own as finetuning_own
from wsl_core.web.finetuning import race as finetuning_race
from wsl_core.web.finetuning import view as link
from wsl_core.web.finetuning.view import FineTuningView

station.head(
    "Ten pictures a class, and a network that knows others",
    "Freeze it, train all of it, or some of its layers: race the ways of using a trained network on the same "
    "few pictures, and watch which of them learn and which only remember.",
    FineTuningView,
)
PARTS = {
    link.RACE: finetuning_race.show,
    link.TWO_CASES: finetuning_cases.show,
    link.LAYERS: finetuning_layers.show,
    link.OWN: finetuning_own.show,
}

body = st.container()
station.lecture(
    "With few labelled target pictures, training the whole network overfits: it learns the pictures by "
    "heart. The features can be kept and only a classifier trained on them, a support vector machine or a "
    "small deep net; or everything is fine-tuned, with small rates for what was copied. Layer transfer "
    "copies some layers and trains the rest, fewer weights than the whole network. Which layers? Image: "
    "copy the first layers. Speech: copy the last layers.",
    "J. Yosinski et al., NIPS 2014; A. S. Razavian et al., CVPR Workshops 2014; J. Howard and S. Ruder, ACL "
    "2018; A. Kumar et al., ICLR 2022; Y. Lee et al., ICLR 2023",
)
with st.container(horizontal=True, gap="medium"):
    station.onward()


station.parts(PARTS, FineTuningView, "chapter", place=body)

"""Few examples: a handful of pictures a class makes a classifier, on features that stay as they are."""

import streamlit as st

from wsl_core.web import station
from wsl_core.web.few_shot import live as few_shot_live
from wsl_core.web.few_shot import measured as few_shot_measured
from wsl_core.web.few_shot import view as link
from wsl_core.web.few_shot.view import FewShotView

station.head(
    "A classifier from a few pictures",
    "Name two classes or more, give one to five pictures of each, and ask about another picture: the network "
    "stays as it is, the examples themselves become the classifier.",
    FewShotView,
)
PARTS = {link.MAKE: few_shot_live.show, link.MEASURED: few_shot_measured.show}

body = st.container()
station.lecture(
    "Where the target has only a few labelled pictures of each class, training a whole network would learn "
    "them by heart. The features of a network that was trained on much labelled data are kept, and only the "
    "last step is made anew. With one picture a class this is one-shot learning.",
    "Y. Wang et al., SimpleShot, 2019; W.-Y. Chen et al., ICLR 2019; Y. Tian et al., ECCV 2020; J. Snell et "
    "al., NIPS 2017",
)
with st.container(horizontal=True, gap="medium"):
    station.onward()


station.parts(PARTS, FewShotView, "chapter", place=body)

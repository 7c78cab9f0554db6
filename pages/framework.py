"""The framework map: labels on the source or not, labels on the target or not, and what can be done then."""

import streamlit as st

from wsl_core.web import station
from wsl_core.web.framework import map as framework_map
from wsl_core.web.framework.view import FrameworkView

station.head(
    "Which transfer is it?",
    "Two questions sort the second half of the lecture: does the source have labels, and does the target? "
    "Each cell names what is done there and leads to its station.",
    FrameworkView,
)

body = st.container()
station.lecture(
    "Transfer learning uses data that is not directly about the task. For telling cats from dogs that may be "
    "elephants and tigers (similar domain, different tasks) or drawings of dogs and cats (different domains, "
    "same task). Both labelled: fine-tuning and multitask learning. Only the source labelled: "
    "domain-adversarial training and zero-shot learning. Only the target labelled: self-taught learning. "
    "Neither: self-taught clustering.",
    "S. J. Pan, Q. Yang, IEEE TKDE 22(10), 2010, for a similar division; R. Raina et al., ICML 2007; W. Dai "
    "et al., ICML 2008",
)
with st.container(horizontal=True, gap="medium"):
    station.onward()


station.parts(framework_map.PARTS, FrameworkView, "chapter", place=body)

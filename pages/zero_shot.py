"""Zero-shot: classes that no picture ever showed, described by attributes or by a word."""

import streamlit as st

from wsl_core.web import station
from wsl_core.web.onward import onward
from wsl_core.web.zero_shot import describe, meeting, placed, three, unseen
from wsl_core.web.zero_shot import table as zero_shot_table
from wsl_core.web.zero_shot import view as link
from wsl_core.web.zero_shot.placed_view import PlacedView
from wsl_core.web.zero_shot.view import ZeroShotView

station.head(
    "Classes that no picture ever showed",
    "A zebra is a horse with stripes: who has been told so recognises the first one. Describe a class by its "
    "attributes or by a word, and see whether a network that never saw it finds it.",
    ZeroShotView,
    PlacedView,
)


PARTS = {
    link.THREE: three.show,
    link.DESCRIBE: describe.show,
    link.UNSEEN: unseen.show,
    link.NETWORKS: meeting.show,
    link.WORD: placed.show,
    link.TABLE: zero_shot_table.show,
}

body = st.container()
station.lecture(
    "Dog, fish and chimp are told apart by three attributes: furry, four legs, tail. Are these sufficient "
    "attributes for a one to one mapping? Where every class has a row of its own, a picture whose attributes "
    "are recognised names its class, though no picture of that class was ever shown. Attributes can be "
    "predicted one by one, or pictures and descriptions are brought into one space by two networks, f(x) and "
    "g(y), and the nearest description wins. Without wrong pairs to push apart, both networks put everything "
    "on one point.",
    "C. Lampert, H. Nickisch, S. Harmeling, CVPR 2009; A. Frome et al., DeViSE, NIPS 2013; the protocol: Y. "
    "Xian et al., TPAMI 2018; calibration: W.-L. Chao et al., ECCV 2016",
)
station.parts(
    PARTS,
    ZeroShotView,
    "chapter",
    place=body,
    foot=lambda: onward("activation_maps", "localization"),
)

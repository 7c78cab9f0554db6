"""The handout: what a student wrote and kept at the stations, and the file that holds it."""

import streamlit as st

from wsl_core.web import station
from wsl_core.web.practical import on_page, view

station.head(
    "Your handout",
    "What you predicted, kept and explained at the stations, as one file to take home or to hand in. Each "
    "station has a worksheet, *Practical: predict, try, explain*.",
)
st.info(
    "All of this is in this tab only: nothing is stored on the server. It is lost when the tab is closed or "
    "loaded again, so download the handout before.",
    icon=":material/warning:",
)
if view.asked():
    on_page.teachers()
on_page.name()
on_page.take()
on_page.everything()
station.onward()

"""Make a lesson: a teacher's own way through the stations, given away as one link and one QR code."""

import streamlit as st

from wsl_core.web import station
from wsl_core.web.lessons import builder, given

station.head(
    "Make a lesson",
    "Pick steps of the lecture, or stations as you have set them; put a question to each; hide or freeze "
    "what should not be moved. What comes out is one link and one QR code for your class.",
)
left, right = st.columns([3, 2], gap="large")
with left:
    builder.file()
    builder.add()
    builder.steps()
with right:
    given.show(builder.lesson())
station.onward()

"""The lecture as a map: its two halves, and every station that exists."""

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.web import entrance, links, pictures, thumbnails, tour
from wsl_core.web.lessons.taken import LessonView
from wsl_core.web.sentences import plain
from wsl_core.web.stations import SECTIONS, STATIONS

entrance.through_app()
st.title("Beyond ImageNet", anchor=False)
st.markdown(
    "A lecture that can be touched. Drop in a photograph and see which regions make which class; "
    "everything runs on this machine, and nothing leaves it."
)
for notice in links.restore(LessonView):
    st.warning(plain(notice), icon=":material/link_off:")
with st.container(horizontal=True, gap="medium"):
    tour.entrance()
    st.page_link("pages/lesson.py", label="Make a lesson", icon=":material/edit_square:")
st.caption(
    "At a station the key P is for the projector: large type, and no controls until P is pressed again."
)
chosen = pictures.current()
notices = st.container()
refused: set[str] = set()  # why thumbnails show nothing of their stations, each reason once
for section in SECTIONS:
    st.header(section.title, anchor=False)
    st.markdown(section.sentence)
    stations = [station for station in STATIONS if station.section is section]
    if not stations:
        st.markdown("*The stations of this half are not open yet.*")
    for station in stations:
        with st.container(border=True, key=f"station-{station.url}"):
            left, right = st.columns([1, 2], gap="medium", vertical_alignment="center")
            right.page_link(station.page, label=f"**{station.title}**", icon=station.icon)
            right.markdown(station.sentence)
            try:
                picture, alt = thumbnails.of(station, chosen)
            except WslError as error:
                refused.add(str(error))
                picture, alt = thumbnails.plain(chosen)
            left.image(picture, alt=alt, width="stretch")
for sentence in sorted(refused):
    notices.error(plain(sentence), icon=":material/error:")

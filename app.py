"""Beyond ImageNet, the explorable lecture: navigation, nothing else.

The body stands under the main guard: a worker that imports this file as another module stops here.
"""

from pathlib import Path

import streamlit as st

if __name__ == "__main__":
    from wsl_core.networks import DEFAULT
    from wsl_core.web import entrance, forward, stations

    entrance.declare()
    st.set_page_config(page_title="Beyond ImageNet", page_icon="assets/icon.png", layout="wide")
    st.html(Path("assets/style.css"))
    forward.begin(DEFAULT)  # the network loads while the page is being drawn
    home = st.Page("pages/home.py", title="The lecture", icon=":material/map:", default=True)
    sections = {
        section.title: [
            st.Page(one.page, title=one.title, icon=one.icon, url_path=one.url)
            for one in stations.STATIONS
            if one.section is section
        ]
        for section in stations.SECTIONS
    }
    st.navigation(
        {"": [home]} | {title: pages for title, pages in sections.items() if pages}, position="top"
    ).run()

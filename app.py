"""Beyond ImageNet, the explorable lecture: navigation, nothing else.

`streamlit run app.py` imports this file once as the server, which prepares the default network, and
runs it as the main script for every visitor. A worker that imports it under any other name does
neither.
"""

from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parent / "assets"

if __name__ == "__main__":
    from wsl_core.web import entrance, stations
    from wsl_core.web.practical import seen, worksheet

    entrance.declare()
    st.set_page_config(
        page_title="Beyond ImageNet", page_icon=str(ASSETS / "icon.png"), layout="wide"
    )
    st.html(ASSETS / "style.css")
    home = st.Page("pages/home.py", title="The lecture", icon=":material/map:", default=True)
    sections = {
        section.title: [
            st.Page(one.page, title=one.title, icon=one.icon, url_path=one.url)
            for one in stations.STATIONS
            if one.section is section
        ]
        for section in stations.SECTIONS
    }
    glossary = st.Page("pages/glossary.py", title="Glossary", icon=":material/dictionary:")
    lesson = st.Page("pages/lesson.py", title="Make a lesson", icon=":material/edit_square:")
    handout = st.Page("pages/handout.py", title="Handout", icon=":material/description:")
    page = st.navigation(
        {"": [home, glossary, handout, lesson]}
        | {title: pages for title, pages in sections.items() if pages},
        position="top",
    )
    with seen.whole_page(worksheet.keep):
        page.run()
elif __name__ == Path(__file__).stem:
    from wsl_core.web.hosts import middleware
    from wsl_core.web.startup import lifespan

    app = st.App(__file__, lifespan=lifespan, middleware=middleware())

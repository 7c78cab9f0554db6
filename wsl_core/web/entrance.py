"""Every visitor comes in through app.py, the first one of a server too.

Streamlit takes a folder named `pages/` for its older kind of app until `st.navigation` has run once in
the server: the first visitor of a deep link would get the page's file alone, without menu, icon and
title. Such a run is sent through app.py, which declares the navigation and runs the page again.
"""

import runpy
from pathlib import Path

import streamlit as st

APP = Path(__file__).parents[2] / "app.py"
_declared = False


def declare() -> None:
    """Called by app.py when it declares the navigation."""
    global _declared  # noqa: PLW0603  (one fact about the server process)
    _declared = True


def through_app() -> None:
    """Called first by every page: ends the run if app.py has run the page in its stead."""
    if not _declared:
        runpy.run_path(str(APP), run_name="__main__")
        st.stop()

"""Controls drawn without a browser: what another page left under a name, and what a lesson holds."""

import pytest
from streamlit.testing.v1 import AppTest

PAGE = """
import streamlit as st
from wsl_core.web import controls
from wsl_core.web.activation_maps.shown import ActivationMapView

if (held := st.session_state.get("held")) is not None:
    controls.hold({"network": controls.Held(*held)})
st.session_state["said"] = controls.control(ActivationMapView, "network")
"""
USUAL = "efficientnet_lite0"


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_string(PAGE)


@pytest.mark.parametrize("left", ["fast", "paper", ""])
def test_a_value_that_another_page_left_under_the_same_name_is_forgotten(app, left: str) -> None:
    """Domain adaptation calls one of its two networks "fast"; no other page has one of that name."""
    app.session_state["network"] = left
    app.run()
    assert not app.exception
    assert app.session_state["said"] == USUAL


def test_a_value_that_this_page_takes_stays(app) -> None:
    app.session_state["network"] = "efficientnet_lite2"
    app.run()
    assert app.session_state["said"] == "efficientnet_lite2"


@pytest.mark.parametrize("hidden", [True, False])
def test_a_held_control_keeps_its_value_and_cannot_be_moved(app, hidden: bool) -> None:
    app.session_state["network"] = "efficientnet_lite2"
    app.session_state["held"] = ("efficientnet_lite1", hidden)
    app.run()
    assert not app.exception
    assert app.session_state["said"] == "efficientnet_lite1"
    assert len(app.selectbox) == (0 if hidden else 1)
    assert all(one.disabled for one in app.selectbox)

"""The address in a real browser: it restores every control, and every control changes it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

RESTORED = {
    "picture": "coffee",
    "network": "efficientnet_lite1",
    "size": "321",
    "scales": "true",
    "mirror": "true",
    "threshold": "0.5",
    "view": "two classes",
    "first": "tabby",
    "second": "lynx",
    "opacity": "0.4",
    "drawing": "cells",
    "own": "true",
    "predict": "true",
    "cell": "2,3",
}
IMAGE = "![x](http://192.0.2.1/x.png)"  # as Markdown, a picture of another host
NONSENSE = {
    "picture": IMAGE,
    "network": "resnet51",
    "size": "450",
    "scales": "yes",
    "mirror": "1",
    "threshold": "1.5",
    "view": "three classes",
    "first": IMAGE,
    "second": "1000",
    "opacity": "nan",
    "drawing": "jet",
    "own": "TRUE",
    "predict": "",
    "cell": "a,b",
    "head": "../secrets/x y",
}


@pytest.fixture(scope="module")
def restored(opened, server):
    """A tab opened with every control in the link."""
    with opened(server.url) as visit:
        yield visit.maps(**RESTORED)


@pytest.fixture(scope="module")
def confused(opened, server):
    """A tab opened with nonsense for every control, and a key that no page has."""
    with opened(server.url) as visit:
        yield visit.maps(**NONSENSE, utm_source="newsletter")


def shown(visit, key: str) -> str:
    """What a control shows, as a link would say it."""
    widget = visit.widget(key)
    if key in ("picture", "network"):
        return widget.get_by_role("combobox").input_value()
    if key in ("first", "second"):
        return widget.get_by_role("textbox").input_value()
    if key in ("view", "drawing"):
        return widget.get_by_role("radio", checked=True).inner_text()
    if key in ("threshold", "opacity"):
        return f"{float(widget.get_by_test_id('stSliderThumbValue').inner_text()):g}"
    if key == "size":
        visit.expander("Size and scales")
        return widget.get_by_test_id("stSliderThumbValue").inner_text()
    return str(widget.get_by_role("switch").is_checked()).lower()


def test_every_field_of_the_page_is_tried_here() -> None:
    from wsl_core.web.activation_maps.shown import ActivationMapView

    # A head comes from a run of one's own: tests/web/test_finetuning.py follows such a link.
    assert {*RESTORED, "head"} == set(NONSENSE) == set(ActivationMapView.model_fields)


@pytest.mark.parametrize("key", RESTORED)
def test_a_link_is_still_there_after_it_was_read(restored, key: str) -> None:
    assert restored.link[key] == RESTORED[key]


@pytest.mark.parametrize("key", [key for key in RESTORED if key != "cell"])
def test_a_control_shows_what_the_link_says(restored, key: str) -> None:
    assert shown(restored, key) == RESTORED[key]


def test_a_good_link_needs_no_notice(restored) -> None:
    expect(restored.page.get_by_text("The link asks for")).to_have_count(0)


def test_the_cell_of_the_link_is_the_one_summed_up(visit) -> None:
    visit.maps(cell="2,3")
    expect(visit.expander("Row 2, column 3 as a sum")).to_be_visible()


@pytest.mark.parametrize("key", NONSENSE)
def test_nonsense_in_a_link_is_named(confused, key: str) -> None:
    expect(confused.page.get_by_text(f"The link asks for {key}={NONSENSE[key]},")).to_have_count(1)


@pytest.mark.parametrize("key", [key for key in NONSENSE if key not in ("second", "cell", "head")])
def test_the_default_stands_in_for_nonsense(confused, key: str) -> None:
    from wsl_core.web.activation_maps.shown import ActivationMapView

    default = ActivationMapView.model_fields[key].default
    assert shown(confused, key) == (
        str(default).lower() if isinstance(default, bool) else str(default)
    )


def test_nonsense_is_taken_out_of_the_link(confused) -> None:
    assert confused.link == {"utm_source": "newsletter"}


def test_an_unknown_key_is_passed_over_in_silence(confused) -> None:
    expect(confused.page.get_by_text("utm_source")).to_have_count(0)


@pytest.mark.parametrize("name", ["281", "n02123045"])
def test_a_class_is_found_by_index_and_wnid(visit, name: str) -> None:
    visit.maps(first=name)
    assert visit.link == {"first": "tabby"}
    assert shown(visit, "first") == "tabby"
    expect(visit.figure.locator(".title")).to_contain_text("tabby")


def test_an_ambiguous_class_lists_its_candidates(visit) -> None:
    visit.maps(first="cat")
    for candidate in ("281 tabby", "282 tiger cat", "285 Egyptian cat"):
        expect(visit.notices).to_contain_text(candidate)
    assert shown(visit, "first") == ""


def test_a_hidden_control_keeps_what_the_link_says(visit) -> None:
    visit.maps(second="lynx")
    assert visit.link == {"second": "lynx"}
    with visit.repaint():
        visit.segment("view", "difference").click()
    expect(visit.figure.locator(".title")).to_contain_text("Egyptian cat − lynx")


def test_a_link_cannot_make_the_page_show_a_picture_of_another_host(confused) -> None:
    """Nor ask for it: the tab fails at any request to another host."""
    expect(confused.notices.filter(has_text=IMAGE)).to_have_count(2)
    expect(confused.notices.locator("img")).to_have_count(0)


@pytest.fixture(scope="module")
def moved(opened, server):
    """One tab whose controls are moved one after the other."""
    with opened(server.url) as visit:
        visit.maps(view="two classes")
        visit.expander("Size and scales")
        yield visit


@pytest.mark.parametrize(
    ("key", "option"), [("picture", "coffee"), ("network", "efficientnet_lite1")]
)
def test_a_menu_changes_the_link(moved, key: str, option: str) -> None:
    with moved.repaint():
        moved.choose(key, option)
    assert moved.link[key] == option


@pytest.mark.parametrize(("key", "text"), [("first", "espresso"), ("second", "cup")])
def test_a_typed_class_changes_the_link(moved, key: str, text: str) -> None:
    with moved.repaint():
        moved.type(key, text)
    assert moved.link[key] == text


def test_a_name_that_fits_several_classes_offers_them(visit) -> None:
    visit.maps()
    visit.type("first", "cat")
    expect(
        visit.page.get_by_text("16 classes fit this name, of which the first 12")
    ).to_be_visible()
    with visit.repaint():
        visit.page.get_by_role("button", name="Persian cat", exact=True).click()
    assert visit.link == {"first": "Persian cat"}
    expect(visit.figure.locator(".title")).to_contain_text("Persian cat")


def test_a_name_of_no_class_is_said_in_place(visit) -> None:
    visit.maps()
    visit.type("first", "unicorn of the sea")
    expect(visit.page.get_by_text("No class is named")).to_be_visible()
    expect(visit.figure.locator(".title")).to_contain_text("Egyptian cat")


@pytest.mark.parametrize(("key", "option"), [("drawing", "cells"), ("view", "difference")])
def test_a_row_of_buttons_changes_the_link(moved, key: str, option: str) -> None:
    with moved.repaint():
        moved.segment(key, option).click()
    assert moved.link[key] == option


@pytest.mark.parametrize(
    ("key", "value"), [("opacity", "0.75"), ("threshold", "0.25"), ("size", "641")]
)
def test_a_slider_changes_the_link(moved, key: str, value: str) -> None:
    with moved.repaint():
        moved.widget(key).get_by_role("slider").press("ArrowRight")
    assert moved.link[key] == value


@pytest.mark.parametrize("key", ["own", "scales", "mirror", "predict"])
def test_a_switch_changes_the_link(moved, key: str) -> None:
    with moved.repaint():
        moved.switch(key).click()
    assert moved.link[key] == "true"
    with moved.repaint():
        moved.switch(key).click()
    assert key not in moved.link


def test_a_likely_class_is_chosen_by_its_button(visit) -> None:
    visit.maps()
    with visit.repaint():
        visit.widget("likely").get_by_role("button", name="tiger cat").click()
    assert visit.link == {"first": "tiger cat"}
    expect(visit.figure.locator(".title")).to_contain_text("tiger cat")


def test_the_state_survives_a_reload(visit) -> None:
    visit.maps()
    with visit.repaint():
        visit.switch("own").click()
    token = visit.token
    visit.page.reload()
    expect(visit.figure).to_have_attribute("data-painted", token)
    expect(visit.notices).to_have_count(0)

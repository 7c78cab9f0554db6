"""The Glossary page, and the way there from a station."""

import pytest
from playwright.sync_api import expect

from tests.web.test_accessibility import findings, fits, stretch
from wsl_core.glossary import glossary

pytestmark = pytest.mark.browser


def test_a_station_leads_to_its_terms(visit) -> None:
    visit.page.goto(f"{visit.url}/probes")
    visit.page.get_by_role("heading", name="What each layer knows").wait_for()
    lecture = visit.expander("What the lecture says")
    for one in glossary().of_station("probes"):
        expect(lecture.get_by_role("link", name=one.name, exact=True)).to_be_visible()
    lecture.get_by_role("link", name="Linear probe").click()
    visit.page.get_by_role("heading", name="Glossary and references").wait_for()
    visit.idle()
    assert visit.link == {"term": "Linear probe"}
    expect(visit.page.get_by_text("that is not trained any further")).to_be_visible()
    expect(visit.page.get_by_text("Zeiler et al., ECCV 2014").or_(
        visit.page.get_by_text("Zeiler, ECCV 2014"))).to_be_visible()  # fmt: skip
    visit.page.get_by_test_id("stMain").get_by_role("link", name="Layer probes").click()
    visit.page.get_by_role("heading", name="What each layer knows").wait_for()


@pytest.mark.parametrize("visit", ["light", "dark", "phone"], indirect=True)
def test_both_parts_can_be_read_by_everybody(visit) -> None:
    for part in ("terms", "papers"):
        visit.page.goto(f"{visit.url}/glossary?part={part}")
        visit.page.get_by_role("heading", name="Glossary and references").wait_for()
        visit.idle()
        assert fits(visit)
        stretch(visit)
        assert findings(visit) == []

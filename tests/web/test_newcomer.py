"""A newcomer's way: from the first page to a heat map, a training and a handout of one's own."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.web.conftest import Visit
from tests.web.test_practical import Read, downloaded, handout, keep, write
from tests.web.test_uploads import alternative, own, upload
from wsl_core.images import gallery
from wsl_core.practical import practical
from wsl_core.web.stations import STATIONS

SLOW = 240_000  # ms that a worker may need to start and to train on a busy machine
WORKSHEET = "Practical: predict, try, explain"


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    """The app on a machine that has trained nothing yet."""
    with serve(WSL_RUNS=str(tmp_path_factory.mktemp("runs"))) as running:
        yield running


def photograph() -> bytes:
    """Twelve megapixels, lying on its side as telephones keep them."""
    scene = Image.fromarray(gallery.load("coffee").pixels).resize((4000, 3000))
    tags = Image.Exif()
    tags[0x0112] = 6  # orientation: to be turned by a quarter
    file = io.BytesIO()
    scene.rotate(90, expand=True).save(file, "JPEG", exif=tags)
    return file.getvalue()


def go(visit: Visit, url: str) -> None:
    """To a station by the menus on top."""
    (station,) = (one for one in STATIONS if one.url == url)
    visit.page.get_by_role("button", name=station.section.title).click()
    visit.page.get_by_role("menuitem", name=station.title).click()
    visit.page.get_by_role("heading", level=1).wait_for()
    visit.page.wait_for_url(f"**/{url}**")
    visit.idle()


@pytest.mark.browser
def test_from_the_first_page_to_a_handout(visit: Visit, tmp_path: Path) -> None:
    visit.home()
    visit.widget("station-activation_maps").get_by_role("link", name="Activation maps").click()
    visit.figure.and_(visit.page.locator("[data-painted]")).wait_for()
    visit.idle()
    own(visit)
    with visit.repaint():
        upload(visit, "breakfast.jpg", photograph())
    assert re.match(
        r"breakfast\.jpg with the class activation map of (espresso|cup)", alternative(visit)
    )
    assert "of 4000 by 3000" in alternative(visit)  # upright

    question = practical().of_station("activation_maps")[0]
    visit.expander(WORKSHEET)
    write(visit, question.key, "Your prediction", "The saucer, too.")
    keep(visit, question.key)

    go(visit, "adaptation")
    visit.segment("chapter", "train").click()
    visit.page.get_by_role("button", name="Digits → dimmed digits").click()
    live = visit.widget("live")
    expect(live.get_by_role("img", name="Parts of the network")).to_be_visible(timeout=SLOW)
    expect(visit.page.get_by_text("Which network is kept")).to_be_visible(timeout=SLOW)
    visit.idle()
    about = practical().of_station("adaptation")[0]
    visit.expander(WORKSHEET)
    write(visit, about.key, "Your prediction", "It rises.")
    keep(visit, about.key)

    handout(visit)
    found = Read(downloaded(visit, "Download the handout (HTML)", tmp_path))
    for words in (
        "The saucer, too.",
        "It rises.",
        "Your own picture: breakfast.jpg",
        question.predict,
    ):
        assert re.sub(r"[*`]", "", words) in found.text
    assert any("breakfast.jpg" in picture["alt"] for picture in found.pictures)

    go(visit, "activation_maps")
    visit.page.locator(".figure[data-painted]").wait_for()
    assert alternative(visit).startswith("breakfast.jpg with")
    expect(visit.notices).to_have_count(0)

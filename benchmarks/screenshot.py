"""The pictures of the README, made from the running app.

    python -m benchmarks.screenshot [STATION ...]

Starts the app, opens every station in the state that `station_rows` names (or just those of these addresses),
and writes a small picture of each into `assets/stations`; of all stations, the Activation maps page also as
it is, `assets/app.png`.
"""

import argparse
import io
from typing import Any

from PIL import Image

from benchmarks import measure
from benchmarks.app import PAGE, PAINTED
from benchmarks.serving import ROOT, browser, serve
from benchmarks.station_rows import PICTURES, ROWS, SUFFIX
from wsl_core.errors import ParameterError

LARGE = ROOT / "assets" / "app.png"
SIZE = {"width": 1280, "height": 800}
SMALL, QUALITY = (640, 400), 80
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PAINT = """() => [...document.images].every(one => one.complete)
  && [...document.querySelectorAll('.figure')].every(one => one.dataset.painted)"""
SLOW = 120_000  # ms: a network may be converted first


def main() -> None:
    """Start, open, wait until everything is drawn, keep."""
    parser = argparse.ArgumentParser(description="The pictures of the README.")
    parser.add_argument("stations", nargs="*", help="addresses of stations; all by default")
    asked = parser.parse_args().stations
    if unknown := sorted(set(asked) - set(ROWS)):
        raise ParameterError(f"There is no station {unknown[0]}. There are: {', '.join(ROWS)}.")
    (ROOT / PICTURES).mkdir(exist_ok=True)
    with serve() as server, browser() as chromium:
        page = chromium.new_page(viewport=SIZE)
        for name in asked or ROWS:
            page.goto(f"{server.url}/{ROWS[name].address(name)}")
            data = taken(page)
            target = ROOT / PICTURES / f"{name}.{SUFFIX}"
            shown = Image.open(io.BytesIO(data)).convert("RGB")
            shown.resize(SMALL, Image.Resampling.LANCZOS).save(target, quality=QUALITY, method=6)
            measure.say(f"Written to {target.relative_to(ROOT)}")
            if name == PAGE and not asked:
                page.locator(PAINTED).first.hover()
                page.screenshot(path=LARGE)
                measure.say(f"Written to {LARGE.relative_to(ROOT)}")


def taken(page: Any) -> bytes:
    """A picture of a page once nothing is left to be drawn.

    Raises:
        ParameterError: the page does not accept what its address says.
    """
    page.get_by_role("heading", level=1).wait_for(timeout=SLOW)
    for _ in range(2):  # what is drawn may ask for another run
        page.wait_for_selector(IDLE, timeout=SLOW)
        page.wait_for_function(PAINT, timeout=SLOW)
        page.wait_for_timeout(500)  # fades and slides end
    if page.get_by_text("The link asks for").count():
        raise ParameterError(f"{page.url} holds what the page does not accept. See station_rows.")
    data: bytes = page.screenshot()
    return data


if __name__ == "__main__":
    main()

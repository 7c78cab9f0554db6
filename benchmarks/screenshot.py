"""The picture of the README, made from the running app.

    python -m benchmarks.screenshot

Starts the app, opens the Activation maps page on a gallery picture, and writes `assets/app.png`.
"""

from benchmarks import measure
from benchmarks.app import PAGE, PAINTED
from benchmarks.serving import ROOT, browser, serve

TARGET = ROOT / "assets" / "app.png"
QUERY = "picture=coffee&view=two+classes"


def main() -> None:
    """Start, open, wait until everything is drawn, keep."""
    with serve() as server, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{server.url}/{PAGE}?{QUERY}")
        page.wait_for_selector(PAINTED, timeout=120_000)
        page.wait_for_selector(
            '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000
        )
        page.locator(PAINTED).hover()
        page.screenshot(path=TARGET)
    measure.say(f"Written to {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

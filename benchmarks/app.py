"""How long until the first heat map, a repaint, a hover; how much memory; thirty visitors at once.

    python -m benchmarks.app [--json] [--write]

Every time is taken in a real Chromium with an empty profile, from outside: from the start of the
server, or from the key that moves a slider, to the canvas painted. "An empty page" is a Streamlit
script of one line, in the same run, started and opened in the same way.
"""

import argparse
import asyncio
import io
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import measure
from benchmarks.serving import Server, browser, serve
from benchmarks.visitor import Visitor
from wsl_core import networks
from wsl_core.images import gallery

PAGE = "activation_maps"
PACKAGES = ("streamlit", "openvino", "numpy", "pillow", "playwright")
VISITORS, PAUSE = 30, 1.0
PAINTED = ".figure[data-painted]"

# In the page, since asking from outside costs more than what is measured.
HOVER = """async figure => {
  const root = figure.getRootNode(), grid = root.querySelector('.grid')
  const caption = root.querySelector('.caption'), box = grid.getBoundingClientRect(), times = []
  for (let i = 0; i < 40; i++) {
    const clientX = box.left + box.width * (0.05 + 0.9 * ((i * 7) % 40) / 40)
    const clientY = box.top + box.height * (0.1 + 0.8 * (i % 5) / 5)
    const before = caption.textContent, start = performance.now()
    grid.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }))
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    if (caption.textContent !== before) times.push(performance.now() - start)
  }
  return times
}"""


def painted(server: Server, chromium: Any, path: str, selector: str) -> tuple[float, Any]:
    """Seconds from the server's start until `selector` is drawn in a new browser, and its page."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{server.url}/{path}")
    page.wait_for_selector(selector, timeout=120_000)
    return time.perf_counter() - server.started, page


def starts(rounds: int) -> dict[str, list[float]]:
    """Server start to first picture: an empty page and ours in turn, exports there; ours without them."""
    seconds: dict[str, list[float]] = {"empty": [], "first": [], "ever": [], "megabytes": []}
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        empty = Path(folder) / "empty.py"
        empty.write_text("import streamlit\n\nstreamlit.write('empty')\n", encoding="utf-8")
        for number in range(rounds):
            with serve(empty) as server:
                took, page = painted(server, chromium, "", '[data-testid="stMarkdown"]')
                seconds["empty"].append(took)
                page.context.close()
            with serve() as server:
                took, page = painted(server, chromium, PAGE, PAINTED)
                seconds["first"].append(took)
                seconds["megabytes"].append(server.megabytes())
                if server.libraries("libtorch"):
                    raise RuntimeError("torch is loaded in the server")
                page.context.close()
            if number < max(1, rounds // 2):
                with serve(cache=Path(folder) / str(number)) as server:
                    took, page = painted(server, chromium, PAGE, PAINTED)
                    seconds["ever"].append(took)
                    page.context.close()
    return seconds


def repaint(page: Any, moves: int, pause: float = 0) -> list[float]:
    """Seconds from a key on the opacity slider to the canvas painted anew, one for each move."""
    figure, thumb = page.locator(PAINTED), page.get_by_role("slider", name="Opacity")
    thumb.focus()
    times = []
    for number in range(moves):
        before = figure.get_attribute("data-painted")
        start = time.perf_counter()
        page.keyboard.press("ArrowLeft" if number % 10 < 5 else "ArrowRight")
        page.wait_for_function(
            "before => { const hosts = [...document.querySelectorAll('*')].filter(e => e.shadowRoot);"
            "return hosts.some(h => { const f = h.shadowRoot.querySelector('.figure');"
            "return f && f.dataset.painted !== before }) }",
            arg=before, polling=10, timeout=60_000,
        )  # fmt: skip
        times.append(time.perf_counter() - start)
        page.wait_for_timeout(1000 * pause)
    return times


def uploads(server: Server, page: Any, count: int) -> float:
    """MB that the server grows from the first to the last of `count` different 12-megapixel uploads."""
    scene = Image.fromarray(gallery.load("scene-corner").pixels).resize((4000, 3000))
    page.get_by_text("Your own", exact=True).click()
    after_first = 0.0
    for number in range(count):
        pixels = np.asarray(scene).copy()
        pixels[:60, : 10 * (number + 1)] = 0
        noise = np.random.default_rng(number).integers(0, 24, pixels.shape, dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(np.clip(pixels, 0, 231) + noise).save(file, "JPEG", quality=80)
        before = page.locator(PAINTED).get_attribute("data-painted")
        page.set_input_files(
            "input[type=file]",
            {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()},
        )
        page.wait_for_selector(f".figure:not([data-painted='{before}'])", timeout=60_000)
        if number == 0:
            after_first = server.megabytes()
    return server.megabytes() - after_first


def crowd(server: Server, chromium: Any) -> list[float]:
    """Repaint in a real browser while the other visitors move their sliders, about one move a second each."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{server.url}/{PAGE}")
    page.wait_for_selector(PAINTED, timeout=60_000)
    others = [Visitor(server.url, PAGE, "Opacity") for _ in range(VISITORS - 1)]
    ready, done = threading.Event(), threading.Event()

    async def all_visit() -> None:
        barrier, stop = asyncio.Barrier(len(others) + 1), asyncio.Event()
        visits = [asyncio.create_task(one.visit(barrier, stop, PAUSE)) for one in others]
        await barrier.wait()
        ready.set()
        await asyncio.to_thread(done.wait)
        stop.set()
        await asyncio.gather(*visits)

    thread = threading.Thread(target=lambda: asyncio.run(all_visit()))
    thread.start()
    if not ready.wait(120):
        raise RuntimeError("the visitors did not all get in")
    try:
        times = repaint(page, 20, PAUSE)
    finally:
        done.set()
        thread.join()
    if min(len(one.moves) for one in others) == 0:
        raise RuntimeError("a visitor never moved its slider")
    return times


def measure_all(rounds: int) -> dict[str, Any]:
    """Every figure, as the issue of this page names them, with where and when."""
    facts: dict[str, Any] = measure.circumstances(PACKAGES)
    networks.load()  # exported before, as on every start but the first
    measure.say("Starting servers …")
    seconds = starts(rounds)
    with browser() as chromium, serve() as server:
        measure.say("Moving sliders …")
        _, page = painted(server, chromium, PAGE, PAINTED)
        repaint(page, 3)
        moves = repaint(page, 15)
        hover = page.locator(PAINTED).evaluate(HOVER)
        measure.say("Thirty visitors …")
        together = crowd(server, chromium)
        measure.say("Uploading twenty photographs …")
        grown = uploads(server, page, 20)
    empty, first = statistics.median(seconds["empty"]), statistics.median(seconds["first"])
    return facts | {
        "empty_page_s": round(empty, 2),
        "first_heatmap_s": round(first, 2),
        "first_over_empty": round(first / empty, 2),
        "first_ever_s": round(statistics.median(seconds["ever"]), 2),
        "repaint_s": round(statistics.median(moves), 3),
        "hover_ms": round(statistics.median(hover), 1),
        "server_mb": round(statistics.median(seconds["megabytes"])),
        "upload_growth_mb": round(grown),
        "thirty_repaint_s": round(statistics.median(together), 3),
        "rounds": rounds,
    }


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--write", action="store_true", help="keep the figures in results/app.csv")
    parser.add_argument("--rounds", type=int, default=5, help="starts of each server")
    given = parser.parse_args()
    found = measure_all(given.rounds)
    if given.write:
        measure.write("app", [found])
    if given.json:
        print(json.dumps(found))
    else:
        print(measure.table([["figure", "value"], *([k, v] for k, v in found.items())]))


if __name__ == "__main__":
    main()

"""How long does each station take from the key that moves a slider to the page at rest?

    python -m benchmarks.repaints [STATION ...] [--moves 12] [--json] [--write]

In a real Chromium, on each station that has a slider which asks the server: from the key to the end of the
run of the page's script, and every picture of it loaded. The first move is left out: it may load what later
ones have. Nothing else should be at work on the machine.

`results/repaints.csv` has a row a station.
"""

import argparse
import json
import statistics
import time
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import measure
from benchmarks.screenshot import SIZE, SLOW, taken
from benchmarks.serving import browser, serve
from wsl_core.errors import ParameterError

TABLE = "repaints"
PACKAGES = ("streamlit", "openvino", "numpy", "playwright")
MOVES = 12
STATIONS = {  # state, and the parameter whose slider is moved
    "sliding_window": ("part=race", "size"),
    "activation_maps": ("picture=coffee", "opacity"),
    "pooling": ("picture=cat", "beta"),
    "localization": ("picture=cat&trained=true", "threshold"),
    "segmentation": ("", "background"),
    "retrieval": ("", "layer"),
    "multitask": ("", "shared"),
    "adaptation": ("", "look"),
    "zero_shot": ("chapter=seen+and+unseen", "gamma"),
}
# A frame after the last change, and every picture is there.
DRAWN = """() => new Promise(done => {
  const loaded = () => requestAnimationFrame(
    [...document.images].every(one => one.complete) ? done : loaded)
  loaded()
})"""
PATIENCE_S = 30.0


class Runs:
    """Ends of the page's runs, as the server tells them: a quick run's state is never seen in the page."""

    def __init__(self, page: Any) -> None:
        """Listen to a page that was not opened yet."""
        self.ended = 0
        page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _hear(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            told = ForwardMsg.FromString(frame)
            early = told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            self.ended += told.WhichOneof("type") == "script_finished" and not early


def moved(page: Any, runs: Runs, name: str, moves: int) -> list[float]:
    """Milliseconds of each move, there and back; one before them is left out.

    Raises:
        ParameterError: no run of the page answers the slider.
    """
    slider = page.locator(f".st-key-{name}").get_by_role("slider").first
    slider.focus()
    keys = ["ArrowRight", "ArrowLeft"]
    if slider.input_value() == slider.get_attribute("max"):
        keys.reverse()
    times = []
    for number in range(moves + 1):
        before, start = runs.ended, time.perf_counter()
        page.keyboard.press(keys[number % 2])
        while runs.ended == before:
            page.wait_for_timeout(1)
            if time.perf_counter() - start > PATIENCE_S:
                raise ParameterError(f"No run of the page answered the slider {name}.")
        page.evaluate(DRAWN)
        times.append(1000 * (time.perf_counter() - start))
        page.wait_for_timeout(100)  # the page has seen to its address, too
    return times[1:]


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description="Repaints of every station.")
    parser.add_argument("stations", nargs="*", help="addresses of stations; all by default")
    parser.add_argument("--moves", type=int, default=MOVES)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.stations) - set(STATIONS)):
        raise ParameterError(f"{unknown[0]} is not measured. There are: {', '.join(STATIONS)}.")
    rows = []
    with serve() as server, browser() as chromium:
        for name in asked.stations or STATIONS:
            link, slider = STATIONS[name]
            page = chromium.new_page(viewport=SIZE)
            runs = Runs(page)
            page.goto(f"{server.url}/{name}?{link}", timeout=SLOW)
            taken(page)
            times = moved(page, runs, slider, asked.moves)
            page.close()
            rows.append({"station": name, "slider": slider, "moves": len(times),
                         "median_ms": round(statistics.median(times)),
                         "slowest_ms": round(max(times)),
                         **measure.circumstances(PACKAGES)})  # fmt: skip
            measure.say(
                f"{name:16} {rows[-1]['median_ms']:5} ms, slowest {rows[-1]['slowest_ms']} ms"
            )
    if asked.write:
        measure.write(TABLE, rows)
    if asked.json:
        print(json.dumps({"repaints": rows}))


if __name__ == "__main__":
    main()

"""How long does each station take from the key that moves a slider to the page at rest?

    python -m benchmarks.repaints [STATION ...] [--moves 12] [--json] [--write]

In a real Chromium, on each station that has a slider which asks the server: the key, the run of the page's
script, and every picture of it loaded. The first move is left out: it may load what later ones have. Nothing
else should be at work on the machine.

`results/repaints.csv` has a row a station.
"""

import argparse
import json
import statistics
from typing import Any

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
# From the key to the end of the run that answers it, with all pictures there, in the page's own clock.
MOVE = """thumb => new Promise((done, fail) => {
  const app = document.querySelector('[data-testid="stApp"]')
  const start = performance.now()
  let ran = false
  const loaded = () => [...document.images].every(one => one.complete)
    ? done(performance.now() - start) : requestAnimationFrame(loaded)
  const seen = new MutationObserver(() => {
    const state = app.dataset.testScriptState
    if (state === 'running') ran = true
    if (ran && state === 'notRunning') { seen.disconnect(); requestAnimationFrame(loaded) }
  })
  seen.observe(app, { attributeFilter: ['data-test-script-state'] })
  setTimeout(() => fail(new Error('No run of the page answered the slider.')), 30000)
})"""


def moved(page: Any, name: str, moves: int) -> list[float]:
    """Milliseconds of each move, there and back; one before them is left out."""
    slider = page.locator(f".st-key-{name}").get_by_role("slider").first
    slider.focus()
    keys = ["ArrowRight", "ArrowLeft"]
    before = slider.input_value()
    page.keyboard.press(keys[0])
    if slider.input_value() == before:  # it is at its end
        keys.reverse()
        page.keyboard.press(keys[0])
    keys.reverse()
    taken(page)
    times = []
    for number in range(moves):
        waiting = page.evaluate_handle(f"() => ({{ end: ({MOVE})() }})")
        page.keyboard.press(keys[number % 2])
        times.append(float(page.evaluate("held => held.end", waiting)))
    return times


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
            page.goto(f"{server.url}/{name}?{link}", timeout=SLOW)
            taken(page)
            times = moved(page, slider, asked.moves)
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

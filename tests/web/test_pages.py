"""Every page through AppTest, in a process of its own: no exception, and nothing heavy imported."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
VISIT = """
import json, sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file("app.py", default_timeout=120)
pages = {}
for page in [None, *sorted(sys.argv[1:])]:
    if page:
        app.switch_page(page)
    app.run()
    pages[page or "app.py"] = {
        "exceptions": [one.value for one in app.exception],
        "errors": [one.value for one in app.error],
        "titles": [one.value for one in app.title],
    }
heavy = sorted({"torch", "torchvision", "matplotlib", "sklearn", "onnx"} & set(sys.modules))
print(json.dumps({"pages": pages, "heavy": heavy}))
"""
PAGES = sorted(f"pages/{path.name}" for path in (PROJECT / "pages").glob("*.py"))


@pytest.fixture(scope="module")
def visited() -> dict:
    """What one process saw that ran every page."""
    done = subprocess.run(
        [sys.executable, "-c", VISIT, *PAGES],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("page", ["app.py", *PAGES])
def test_a_page_runs(visited: dict, page: str) -> None:
    assert visited["pages"][page]["exceptions"] == []
    assert visited["pages"][page]["errors"] == []
    assert len(visited["pages"][page]["titles"]) == 1


def test_every_page_is_another(visited: dict) -> None:
    titles = [tuple(visited["pages"][page]["titles"]) for page in PAGES]
    assert len(set(titles)) == len(PAGES)


def test_the_server_imports_nothing_heavy(visited: dict) -> None:
    assert visited["heavy"] == []


def test_every_station_has_a_page_and_a_thumbnail() -> None:
    from wsl_core.web.stations import STATIONS
    from wsl_core.web.thumbnails import THUMBNAILS

    for station in STATIONS:
        assert (PROJECT / station.page).is_file()
        assert station.url in THUMBNAILS

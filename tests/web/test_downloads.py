"""What can be taken home: files that open, numbers in a table, code that runs."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from wsl_core.images import gallery

pytestmark = pytest.mark.browser
PROJECT = Path(__file__).resolve().parents[2]


def exactly(text: str) -> re.Pattern[str]:
    return re.compile(f"^{text}$")


@pytest.fixture(scope="module")
def shown(opened, server):
    """A tab that nothing changes: the cat, tabby beside lynx."""
    with opened(server.url) as visit:
        yield visit.maps(view="two classes", first="tabby", second="lynx")


@pytest.fixture
def download(shown, tmp_path):
    """The file behind a button."""

    def take(label: str) -> Path:
        button = shown.expander("Download").get_by_role("button", name=label)
        with shown.page.expect_download() as waiting:
            button.click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    return take


def score(shown, name: str = "tabby") -> float:
    """The score in the figure's head line."""
    head = shown.figure.locator(".title").filter(has_text=name).inner_text()
    return float(re.search(r"([+−][\d.]+) logits", head)[1].replace("−", "-"))


def test_the_overlay_is_a_picture_of_the_same_size(download) -> None:
    path = download("Overlay (PNG)")
    photo = gallery.load("cat")
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert image.size == (photo.width, photo.height)
        assert not np.array_equal(np.asarray(image.convert("RGB")), photo.pixels)
    assert path.name == "cat.png"


def test_the_sheet_is_a_pdf(download) -> None:
    data = download("Sheet").read_bytes()
    assert data.startswith(b"%PDF")
    assert data.rstrip().endswith(b"%%EOF")


def test_the_array_holds_both_maps(shown, download) -> None:
    maps = np.load(download("Maps (npy)"))
    assert maps.shape == (2, 10, 15)
    assert maps[0].mean() == pytest.approx(score(shown), abs=0.006)
    assert maps[1].mean() == pytest.approx(score(shown, "lynx"), abs=0.006)


def test_the_json_says_where_the_numbers_lie(shown, download) -> None:
    found = json.loads(download("Maps (JSON)").read_text(encoding="utf-8"))
    assert set(found) == {
        "network", "width", "height", "input", "unit", "cell_centres", "classes",
    }  # fmt: skip
    assert (found["width"], found["height"], found["unit"]) == (451, 300, "logits")
    assert (len(found["cell_centres"]["y"]), len(found["cell_centres"]["x"])) == (10, 15)
    tabby, lynx = found["classes"]
    assert (tabby["index"], tabby["name"], lynx["name"]) == (281, "tabby", "lynx")
    assert np.shape(tabby["map"]) == (10, 15)
    assert tabby["score"] == pytest.approx(score(shown), abs=0.006)


def test_the_table_of_classes_has_them_all_best_first(download) -> None:
    rows = list(csv.DictReader(io.StringIO(download("All classes").read_text(encoding="utf-8"))))
    assert sorted(int(row["index"]) for row in rows) == list(range(1000))
    scores = [float(row["score_logits"]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert sum(float(row["probability"]) for row in rows) == pytest.approx(1, abs=0.001)


def test_downloads_leave_the_picture_alone(shown, download) -> None:
    token = shown.token
    download("Maps (npy)")
    shown.idle()
    assert shown.token == token


def test_the_same_in_python_prints_the_score_on_the_page(shown, tmp_path) -> None:
    code = shown.expander("The same in Python").locator("code").inner_text()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    printed = float(re.search(r"score=(-?[\d.]+)", done.stdout)[1])
    assert printed == pytest.approx(score(shown), abs=0.006)
    with Image.open(tmp_path / "overlay.png") as image:
        assert image.size == (451, 300)


def test_all_cells_can_be_read_as_a_table(visit) -> None:
    visit.maps(first="tabby", cell="4,5")
    visit.grid.focus()
    visit.page.keyboard.press("ArrowUp")
    expect(visit.caption).to_contain_text("Row 3, column 5")
    value = re.search(r"tabby ([+−][\d.]+) logits", visit.caption.inner_text())[1]
    table = visit.expander("All cells as a table")
    # Painted on a canvas; the table for those who do not see it is inside of that.
    row = table.locator("tr").filter(
        has=visit.page.locator("td:first-child", has_text=exactly("3"))
    )
    expect(row.locator("td")).to_have_count(1 + 15)
    assert float(row.locator("td").nth(5).text_content()) == float(value.replace("−", "-"))
    names = table.locator("th").all_text_contents()
    assert names == ["row", *map(str, range(1, 16))]

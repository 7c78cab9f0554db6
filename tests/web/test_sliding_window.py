"""The Sliding window page in a browser: digits written and found, windows kept, layers, the race."""

import contextlib
import io
import re
from urllib.parse import urlencode

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

PATIENCE = 60_000  # ms, for workers that import much on a busy machine
SEEN = re.compile(
    r"Window from \d+ to \d+ across and \d+ to \d+ down: \d with [\d.]+ % \([+−][\d.]+ logits\)"
)


class Station:
    """The page as its visitor sees it, one part after the other."""

    def __init__(self, visit) -> None:
        self.visit, self.page = visit, visit.page

    def open(self, figure: str = "", **query: object) -> "Station":
        self.page.goto(f"{self.visit.url}/sliding_window?{urlencode(query)}")
        self.page.get_by_role("heading", name="A window that slides is a convolution").wait_for()
        if figure:
            self.figure(figure).and_(self.page.locator("[data-painted]")).wait_for()
        self.visit.idle()
        return self

    def figure(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key} .figure")

    @contextlib.contextmanager
    def repaint(self, key: str):
        """Do something, then wait until another state is painted."""
        before = self.figure(key).get_attribute("data-painted")
        yield
        expect(self.figure(key)).not_to_have_attribute("data-painted", before, timeout=PATIENCE)
        self.visit.idle()

    @property
    def paper(self) -> Locator:
        return self.figure("paper").locator(".paper")

    @property
    def found(self) -> Locator:
        return self.figure("paper").locator(".found")

    def clear(self) -> None:
        with self.repaint("paper"):
            self.figure("paper").get_by_role("button", name="Clear").click()

    def stroke(self, *points: tuple[float, float]) -> None:
        """Draw a line through these places, in shares of the paper."""
        self.visit.idle()  # nothing moves any more
        box = self.paper.bounding_box()
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=6)
        self.page.mouse.up()


def ink(canvas: Locator) -> int:
    """How many pixels of a canvas are dark."""
    return canvas.evaluate(
        "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
        "for (let i = 0; i < d.length; i += 4) if (d[i + 3] && d[i] < 100) n++; return n }"
    )


@pytest.fixture
def station(visit) -> Station:
    return Station(visit)


@pytest.fixture(scope="module")
def digits(opened, server):
    """A tab with the first scene that nothing changes."""
    with opened(server.url) as visit:
        yield Station(visit).open("paper")


@pytest.fixture(scope="module")
def window(opened, server):
    """A tab with a window kept that nothing changes."""
    with opened(server.url) as visit:
        yield Station(visit).open("windows", part="window", first="tabby", cell="3,6")


def test_the_first_sight_is_a_scene_whose_digits_are_found(digits) -> None:
    from wsl_core.fcn import digit_canvas
    from wsl_core.web.sliding_window.digits import SEEDS

    scene = digit_canvas.compose(digit_canvas.shipped(), SEEDS["first"])
    expect(digits.found).to_have_text(digit_canvas.sentence(scene.digits))
    assert digits.visit.link == {}
    assert ink(digits.figure("paper").locator("canvas.ink")) > 1000


def test_ten_maps_say_in_words_and_figures_what_they_show(digits) -> None:
    maps = digits.figure("paper").get_by_role("img")
    expect(maps).to_have_count(10)
    for digit in range(10):
        words = maps.nth(digit).get_attribute("aria-label")
        assert re.match(
            rf"Map of {digit}: highest [\d.]+% \(-?[\d.]+ logits\) at \d+ across", words
        )


def test_cells_are_said_to_equal_their_windows_with_the_measured_difference(digits) -> None:
    text = digits.page.get_by_text("Measured just now on").inner_text()
    cells, checked, largest = re.search(
        r"each of the ([\d,]+) cells.*on (\d+) of them.*difference is ([\d.e+-]+) logits", text
    ).groups()
    assert (cells, checked) == ("2,409", "24")
    assert float(largest) < 1e-4


def test_a_place_of_a_map_or_of_the_paper_is_described_without_python(digits) -> None:
    digits.page.evaluate(
        "window.runs = []; new MutationObserver(() => window.runs.push(1)).observe("
        "document.querySelector('[data-testid=stApp]'), { attributeFilter: ['data-test-script-state'] })"
    )
    caption = digits.figure("paper").locator(".caption")
    digits.figure("paper").locator(".map .box").nth(3).hover(position={"x": 30, "y": 30})
    expect(caption).to_have_text(SEEN)
    one = caption.inner_text()
    digits.paper.hover(position={"x": 300, "y": 200})
    expect(caption).not_to_have_text(one)
    expect(caption).to_have_text(SEEN)
    assert digits.page.evaluate("window.runs") == []


def test_maps_can_be_shown_in_logits(station) -> None:
    station.open("paper", maps="logits")
    expect(station.figure("paper").locator(".ticks")).to_contain_text("Blue speaks against")
    head = station.figure("paper").locator(".map .title").first
    expect(head).to_have_text(re.compile(r"0[+−]\d+\.\d\d"))


def test_a_written_digit_is_found_and_can_be_taken_back(station) -> None:
    station.open("paper", scene="blank")
    expect(station.found).to_have_text("No digit was found.")
    with station.repaint("paper"):
        station.stroke((0.5, 0.4), (0.5, 0.55))  # upright, 24 pixels: a one
    expect(station.found).to_have_text("One digit was found: 1.")
    with station.repaint("paper"):
        station.figure("paper").get_by_role("button", name="Undo").click()
    expect(station.found).to_have_text("No digit was found.")


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_written_with_a_key_is_found(digits_by_key, digit: int) -> None:
    digits_by_key.clear()
    digits_by_key.paper.focus()
    with digits_by_key.repaint("paper"):
        digits_by_key.page.keyboard.press(str(digit))
    expect(digits_by_key.found).to_have_text(f"One digit was found: {digit}.")


@pytest.fixture(scope="module")
def digits_by_key(opened, server):
    """A tab in which only keys are used."""
    with opened(server.url) as visit:
        yield Station(visit).open("paper", scene="second")


def test_keys_move_write_and_take_back(station) -> None:
    station.open("paper", scene="blank")
    station.paper.focus()
    keys = station.page.keyboard
    keys.press("7")
    for _ in range(4):
        keys.press("Shift+ArrowRight")
    with station.repaint("paper"):
        keys.press("1")
    expect(station.found).to_have_text("2 digits were found, from left to right: 7 and 1.")
    with station.repaint("paper"):
        keys.press("Backspace")
    expect(station.found).to_have_text("One digit was found: 7.")


def test_another_scene_takes_the_place_of_a_drawing(station) -> None:
    station.open("paper")
    station.clear()
    expect(station.found).to_have_text("No digit was found.")
    with station.repaint("paper"):
        station.visit.segment("scene", "second").click()
    expect(station.found).not_to_have_text("No digit was found.")
    assert station.visit.link == {"scene": "second"}


def test_a_drawing_is_still_there_after_another_part(station) -> None:
    station.open("paper", scene="blank")
    with station.repaint("paper"):
        station.stroke((0.25, 0.4), (0.25, 0.55))
    expect(station.found).to_have_text("One digit was found: 1.")
    station.visit.segment("part", "objects").click()
    expect(station.figure("paper")).to_have_count(0)
    station.visit.segment("part", "digits").click()
    expect(station.found).to_have_text("One digit was found: 1.")
    assert ink(station.figure("paper").locator("canvas.ink")) > 50


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_on_a_phone_cleared_paper_is_large_enough_for_a_finger(station) -> None:
    station.open("paper")
    station.clear()
    wide = station.paper.bounding_box()["width"]
    pixels = station.paper.evaluate("p => parseInt(p.style.aspectRatio)")
    assert wide / pixels >= 1.9
    with station.repaint("paper"):
        station.paper.tap(position={"x": 100, "y": 80})
    assert ink(station.figure("paper").locator("canvas.ink")) > 0
    assert station.paper.evaluate("p => getComputedStyle(p).touchAction") == "none"


@pytest.mark.parametrize("visit", ["dark"], indirect=True)
def test_paper_stays_white_in_the_dark(station) -> None:
    station.open("paper", scene="blank")
    corner = "c => [...c.getContext('2d').getImageData(2, 2, 1, 1).data]"
    assert station.figure("paper").locator("canvas.ink").evaluate(corner) == [255] * 4


def test_a_window_by_itself_and_in_one_pass_stand_side_by_side(window) -> None:
    page = window.page
    expect(page.get_by_role("img", name="The crop of row 3, column 6: 225 by 225")).to_be_visible()
    text = page.get_by_text(re.compile("the crop alone scores")).inner_text()
    alone, dense, difference = (
        float(value.replace("−", "-")) for value in re.findall(r"[+−]\d+\.\d\d", text)[:3]
    )
    assert alone - dense == pytest.approx(difference, abs=0.011)
    rows = page.get_by_role("row").all_inner_texts()
    assert len(rows) == 6
    expect(
        window.visit.expander("All windows as a table").get_by_test_id("stDataFrame")
    ).to_be_visible()
    expect(window.figure("difference")).to_have_attribute("data-painted", re.compile("."))


def test_a_cell_shows_its_window_and_a_click_keeps_it(station) -> None:
    station.open("windows", part="window", first="tabby")
    grid = station.figure("windows").locator(".grid")
    grid.focus()
    station.page.keyboard.press("ArrowLeft")
    caption = station.figure("windows").locator("figcaption")
    expect(caption).to_have_text(re.compile(r"Row 4, column 7: tabby [+−][\d.]+ logits"))
    with station.repaint("windows"):
        station.page.keyboard.press("Enter")
    assert station.visit.link["cell"] == "4,7"
    expect(station.page.get_by_role("img", name="The crop of row 4, column 7")).to_be_visible()


def test_a_place_shows_the_windows_that_hold_it(station) -> None:
    station.open("windows", part="window", first="tabby", point="a place")
    grid, caption = (station.figure("windows").locator(one) for one in (".grid", "figcaption"))
    box = grid.bounding_box()
    grid.hover(position={"x": 2, "y": 2})
    expect(caption).to_have_text(
        re.compile("1 of 98 windows hold this place, row 1, column 1. tabby")
    )
    grid.hover(position={"x": 0.47 * box["width"], "y": 0.5 * box["height"]})
    expect(caption).to_have_text(
        re.compile(r"49 of 98 windows hold this place, rows 1 to 7, columns 4 to 10")
    )


def test_finer_windows_come_from_shift_and_stitch(station) -> None:
    station.open("windows", part="window", first="tabby", finer="2", cell="2,3")
    expect(station.figure("windows").locator(".title")).to_contain_text("351 windows")
    expect(station.page.get_by_text("4 passes of the network")).to_be_visible()
    expect(station.page.get_by_test_id("stProgress")).to_have_count(0)
    expect(station.page.get_by_role("img", name="The crop of row 2, column 3")).to_be_visible()


def test_a_picture_too_narrow_for_a_window_is_said_in_words(station) -> None:
    station.open("windows", part="window")
    file = io.BytesIO()
    Image.new("RGB", (600, 60), "grey").save(file, "PNG")
    upload = {"name": "panorama.png", "mimeType": "image/png", "buffer": file.getvalue()}
    station.visit.segment("picture_source", "Your own").click()
    station.visit.widget("upload").locator("input[type=file]").set_input_files(upload)
    expect(station.visit.notices).to_contain_text("less than its window of 225 x 225 px")
    expect(station.visit.widget("size")).to_be_visible()


def test_resizing_stands_beside_any_size(station) -> None:
    station.open("kept", part="any size", first="tabby")
    expect(station.figure("squeezed").locator(".title")).to_contain_text("225 × 225")
    expect(station.figure("kept").locator(".title")).to_contain_text("641 × 417")
    shapes = [
        station.figure(key).locator(".box").evaluate("b => b.style.aspectRatio")
        for key in ("squeezed", "kept")
    ]
    assert shapes == ["225 / 225", "451 / 300"]
    expect(station.page.get_by_text("becomes 1.50 times narrower")).to_be_visible()


def test_where_objects_lie_is_drawn_and_told(station) -> None:
    station.open(part="objects")
    maps = station.page.get_by_role("img", name="boxes cover each of 12 by 12 places")
    expect(maps).to_have_count(3)
    assert len(station.page.get_by_role("row").all()) == 8


def test_the_layers_are_counted_once_a_drawer_is_opened(station) -> None:
    station.open(part="layers")
    expect(station.page.get_by_role("row")).to_have_count(0)
    station.page.get_by_text("VGG16", exact=True).click()
    table = station.page.get_by_role("row")
    expect(table).to_have_count(4, timeout=PATIENCE)
    expect(table.nth(1)).to_contain_text("4,096 filters of 7 × 7 × 512")
    expect(table.nth(1)).to_contain_text("102,764,544")
    expect(station.page.get_by_text("15.47 G")).to_be_visible()


def test_a_race_is_run_and_told(station) -> None:
    station.open(part="race", size="449")
    station.page.get_by_role("button", name="Race over 24 windows").click()
    told = station.page.get_by_text("Measured with EfficientNet-Lite0 at the size 449")
    expect(told).to_be_visible(timeout=PATIENCE)
    expect(told).to_contain_text("counting promised")
    faster = re.search(
        r"([\d.]+) times faster", station.page.get_by_text("times faster").inner_text()
    )
    assert float(faster[1]) > 1
    run = station.visit.link["run"]
    station.page.reload()
    expect(told).to_be_visible(timeout=PATIENCE)
    assert station.visit.link["run"] == run


def test_a_race_can_be_cancelled(station) -> None:
    station.open(part="race", size="1281")
    station.page.get_by_role("button", name="Race over").click()
    station.page.get_by_role("button", name="Cancel").click()
    expect(station.page.get_by_text("The run was cancelled")).to_be_visible(timeout=PATIENCE)


def test_a_guess_comes_before_what_is_counted(station) -> None:
    station.open(part="race", predict="true", size="449")
    page = station.page
    expect(page.get_by_text("has 24 places on it")).to_be_visible()
    assert not re.search(
        r"[Cc]ounted:|times less|faster", page.get_by_test_id("stMain").inner_text()
    )
    expect(page.get_by_role("button", name="Race over")).to_have_count(0)
    station.visit.segment("choose_guess", "10").click()
    expect(station.visit.notices).to_contain_text("You said 10 times; here it is")
    counted = re.search(r"here it is ([\d.]+)", station.visit.notices.inner_text())[1]
    expect(page.get_by_text(f"{counted} times less")).to_be_visible()
    page.get_by_role("button", name="Guess again").click()
    expect(page.get_by_text("has 24 places on it")).to_be_visible()
    assert station.visit.link == {"part": "race", "predict": "true", "size": "449"}
    station.visit.switch("predict").click()
    expect(page.get_by_text(f"{counted} times less")).to_be_visible()


def test_a_photograph_keeps_its_settings_while_another_part_is_seen(station) -> None:
    station.open("windows", part="window", first="lynx", cell="2,4")
    with station.repaint("windows"):
        station.visit.widget("opacity").get_by_role("slider").focus()
        station.page.keyboard.press("ArrowLeft")
    link = station.visit.link
    assert link == {"part": "window", "first": "lynx", "cell": "2,4", "opacity": "0.65"}
    for part in ("digits", "objects", "race"):
        station.visit.segment("part", part).click()
        expect(station.figure("windows")).to_have_count(0)
        station.visit.idle()
    station.visit.expander("The same in Python")  # a run of its own in a part without a photograph
    station.visit.segment("part", "window").click()
    expect(station.page.get_by_role("img", name="The crop of row 2, column 4")).to_be_visible()
    expect(station.visit.widget("first").get_by_role("textbox")).to_have_value("lynx")
    station.visit.idle()
    assert station.visit.link == link


def test_clicks_that_overtake_each_other_lose_nothing(station) -> None:
    station.open(
        "windows", part="window", first="lynx", cell="2,4", opacity="0.5", picture="coffee"
    )
    link = station.visit.link
    for pause in (0, 60, 120, 200):  # ms: a run is left at another of its widgets each time
        for part in ("objects", "window", "race", "window", "digits", "any size", "window"):
            station.visit.segment("part", part).click(no_wait_after=True)
            station.page.wait_for_timeout(pause)
    expect(station.page.get_by_role("img", name="The crop of row 2, column 4")).to_be_visible()
    station.visit.idle()
    assert station.visit.link == link


TWO_CLICKS = """async pause => {
    for (const part of ["objects", "window"]) {
        const radios = [...document.querySelectorAll(".st-key-part [role=radio]")];
        radios.find(radio => radio.textContent.trim() === part).click();
        await new Promise(done => setTimeout(done, pause));
    }
}"""


def test_a_control_asked_back_before_it_is_seen_to_go_keeps_its_value(station) -> None:
    station.open("windows", part="window", first="lynx", opacity="0.5")
    for pause in (10, 20, 30, 40):  # ms: the second click comes before the first is answered
        station.page.evaluate(TWO_CLICKS, pause)
        station.page.wait_for_timeout(500)
        station.visit.idle()
        # What the browser holds now is sent with the next click, and shown by what comes of it.
        for part, figure in (("any size", "kept"), ("window", "windows")):
            station.visit.segment("part", part).click()
            station.figure(figure).and_(station.page.locator("[data-painted]")).wait_for()
            station.visit.idle()
            expect(station.visit.widget("first").get_by_role("textbox")).to_have_value("lynx")
            thumb = station.visit.widget("opacity").get_by_test_id("stSliderThumbValue")
            expect(thumb).to_have_text("0.50")


def test_the_lecture_and_back_keeps_the_window(station) -> None:
    station.open("windows", part="window", first="lynx", cell="2,4")
    station.visit.idle()
    station.page.get_by_role("link", name="All stations of the lecture").click()
    station.page.get_by_role("heading", name="Beyond ImageNet").wait_for()
    station.visit.widget("station-zero_shot").get_by_role("img").wait_for()
    station.visit.idle()
    station.visit.widget("station-sliding_window").get_by_role("link").click()
    expect(station.page.get_by_role("img", name="The crop of row 2, column 4")).to_be_visible()


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_a_finger_writes_and_does_not_scroll_the_page(station) -> None:
    station.open("paper", scene="blank")
    station.clear()
    box = station.paper.bounding_box()
    x, top = box["x"] + box["width"] / 2, box["y"] + 0.3 * box["height"]
    device = station.page.context.new_cdp_session(station.page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": left, "y": down} for left, down in places]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    with station.repaint("paper"):
        touch("touchStart", (x, top))
        for step in range(1, 13):
            touch("touchMove", (x, top + 4 * step))
        touch("touchEnd")
    expect(station.found).to_have_text("One digit was found: 1.")
    assert station.paper.bounding_box() == box


def test_what_is_shown_can_be_taken_away(station) -> None:
    station.open("windows", part="window", first="tabby", cell="3,6")
    station.visit.expander("Download")
    files = {}
    for name in ("Window in the picture (PNG)", "Crop (PNG)", "All windows (CSV)"):
        with station.page.expect_download() as taken:
            station.page.get_by_role("button", name=name).click()
        files[taken.value.suggested_filename] = taken.value.path().read_bytes()
    assert Image.open(io.BytesIO(files["cat-crop.png"])).size == (225, 225)
    assert Image.open(io.BytesIO(files["cat-window.png"])).size == (451, 300)
    assert len(files["cat-windows.csv"].splitlines()) == 99

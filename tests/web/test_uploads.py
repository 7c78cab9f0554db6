"""A visitor's own picture: shown under its name, kept on the way through the pages, never in the link."""

import io
import re
import struct
import zlib

import pytest
from PIL import Image
from playwright.sync_api import expect

from wsl_core.images import gallery

pytestmark = pytest.mark.browser


def encoded(kind: str) -> bytes:
    """The gallery's rocket as a file, smaller than it is there."""
    image = Image.fromarray(gallery.load("rocket").pixels)
    image.thumbnail((400, 400))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it is of 20000 x 10000 px."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def own(visit) -> None:
    """Ask for a picture of one's own."""
    visit.segment("picture_source", "Your own").click()
    visit.widget("upload").wait_for()
    visit.idle()


def upload(visit, name: str, data: bytes) -> None:
    """Choose a file."""
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    visit.widget("upload").locator("input[type=file]").set_input_files(file)


def alternative(visit) -> str:
    return visit.figure.get_by_role("img").first.get_attribute("alt")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_painted_under_its_name(visit, kind: str) -> None:
    visit.maps()
    own(visit)
    name = f"my picture.{kind.lower()}"
    with visit.repaint():
        upload(visit, name, encoded(kind))
    assert alternative(visit).startswith(f"{name} with the class activation map of ")
    assert "of 400 by" in alternative(visit)
    assert visit.link == {}


def test_a_picture_follows_its_visitor_to_the_first_page_and_back(visit) -> None:
    visit.maps(opacity="0.5")
    own(visit)
    with visit.repaint():
        upload(visit, "mine.png", encoded("PNG"))
    visit.page.get_by_role("link", name="The lecture", exact=True).first.click()
    thumbnail = visit.widget("station-activation_maps").get_by_role("img", name="mine.png")
    expect(thumbnail).to_be_visible()
    visit.idle()  # with all pictures
    visit.widget("station-activation_maps").get_by_role("link", name="Activation maps").click()
    visit.page.locator(".figure[data-painted]").wait_for()
    visit.idle()
    assert alternative(visit).startswith("mine.png with")
    assert "mine" not in visit.page.url
    assert "picture" not in visit.link


def test_a_picture_is_pasted(visit) -> None:
    visit.maps()
    own(visit)
    visit.page.evaluate(
        """async bytes => {
          const blob = new Blob([new Uint8Array(bytes)], { type: 'image/png' })
          await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
        }""",
        list(encoded("PNG")),
    )
    visit.widget("upload").get_by_role("button").first.focus()
    with visit.repaint():
        visit.page.keyboard.press("Control+V")
    assert "of 400 by" in alternative(visit)


@pytest.fixture(scope="module")
def refusing(opened, server):
    """A tab with a good picture, into which bad ones are dropped."""
    with opened(server.url) as visit:
        visit.maps()
        own(visit)
        with visit.repaint():
            upload(visit, "good.png", encoded("PNG"))
        yield visit


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("cut.jpg", encoded("JPEG")[:2000], "cut short"),
        ("words.jpg", b"These are words and no picture.", "not a picture of an accepted format"),
        ("empty.png", b"", "it is empty (0 bytes)"),
        ("bomb.png", bomb(), "it is of 20000 x 10000 px, 200 megapixels"),
        ("![x](http://192.0.2.1/x.png).png", b"no picture", "x.png).png"),
    ],
)
def test_a_broken_file_is_refused_in_a_sentence_and_the_picture_stays(
    refusing, name: str, data: bytes, sentence: str
) -> None:
    token = refusing.token
    upload(refusing, name, data)
    notice = refusing.notices.filter(has_text="Cannot read")
    expect(notice).to_contain_text(sentence)
    expect(notice).to_contain_text(re.compile(r"[Aa]ccepted (is|are)"))
    refusing.idle()
    assert refusing.token == token
    assert alternative(refusing).startswith("good.png with")


def test_a_file_of_another_type_is_refused_by_the_browser(refusing) -> None:
    upload(refusing, "letter.docx", b"no picture")
    expect(refusing.widget("upload")).to_contain_text("not allowed")
    assert alternative(refusing).startswith("good.png with")


def test_the_code_on_the_page_reads_the_visitors_file(refusing) -> None:
    expect(refusing.expander("The same in Python")).to_contain_text('images.read("good.png"')


def test_back_to_the_gallery(visit) -> None:
    visit.maps(picture="coffee")
    own(visit)
    with visit.repaint():
        upload(visit, "mine.png", encoded("PNG"))
    with visit.repaint():
        visit.segment("picture_source", "Gallery").click()
    assert alternative(visit).startswith("Coffee") or "espresso" in alternative(visit)

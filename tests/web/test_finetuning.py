"""The Fine-tuning page in a browser: predict, two cases, layers chosen by keyboard, a race of one's own."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.fcn import toy_set

pytestmark = pytest.mark.browser
SLOW = 240_000  # ms that a worker may need to start and to train on a busy machine


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    """The app with runs of its own."""
    with serve(WSL_RUNS=str(tmp_path_factory.mktemp("tuned") / "runs")) as running:
        yield running


@pytest.fixture
def visit(opened, server):
    with opened(server.url) as one:
        yield one


def open_page(visit, **query):
    words = "&".join(f"{name}={value}" for name, value in query.items())
    visit.page.goto(f"{visit.url}/finetuning?{words}")
    visit.page.get_by_role("heading", name="Ten pictures a class").wait_for()
    visit.idle()


def test_the_race_is_shown_once_it_is_predicted(visit) -> None:
    open_page(visit)
    expect(visit.page.locator("figure.chart")).to_have_count(6)  # nothing has to be asked for
    open_page(visit, predict="true")
    question = visit.page.get_by_text("Which strategy wins with ten pictures a class?")
    expect(question).to_be_visible()
    expect(visit.page.locator("figure.chart")).to_have_count(0)
    visit.segment("choose_finetuning", "From scratch").click()
    expect(visit.page.get_by_text("You said: From scratch.")).to_be_visible()
    expect(visit.page.locator("figure.chart")).to_have_count(6)
    expect(visit.page.locator("figure.chart").nth(2)).to_have_attribute(
        "aria-label", re.compile("Everything at full rate: at the last epoch")
    )
    visit.expander("All figures as a table")
    expect(visit.page.get_by_text("points").first).to_be_visible()


def test_layers_are_chosen_by_keyboard_and_trained(visit) -> None:
    open_page(visit, chapter="choose+layers", case="labels")
    network = visit.page.get_by_role("img", name="The network from the input up.")
    expect(network).to_have_attribute("aria-label", re.compile("classifier: copied, trained"))
    visit.segment("classifier", "copy").focus()
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("Space")
    expect(network).to_have_attribute("aria-label", re.compile("classifier: begun anew"))
    visit.page.get_by_role("button", name="Train", exact=True).click()
    expect(visit.page.get_by_text("your choice").first).to_be_visible(timeout=SLOW)
    expect(visit.page.get_by_role("img", name="your choice: at the last epoch")).to_be_visible()


def pack(each: int) -> bytes:
    random = np.random.default_rng(2)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in toy_set.CLASSES[:2]:
            for i in range(each):
                data = io.BytesIO()
                Image.Image.save(toy_set.picture([name], random, (75, 55)), data, "PNG")
                packed.writestr(f"{name}/{i}.png", data.getvalue())
    return out.getvalue()


def test_classes_of_ones_own_race_and_become_a_head(visit) -> None:
    open_page(visit, chapter="your+classes", train=3)
    field = visit.widget("finetuning_zip").locator("input[type=file]")
    field.set_input_files({"name": "toys.zip", "mimeType": "application/zip", "buffer": pack(3)})
    expect(visit.page.get_by_text("has too few pictures")).to_be_visible()
    field.set_input_files({"name": "toys.zip", "mimeType": "application/zip", "buffer": pack(5)})
    expect(visit.page.get_by_text("10 pictures of 2 classes.")).to_be_visible()
    for name in ("Frozen features, small deep net", "Everything at full rate",
                 "Everything at small rates", "Probe, then fine-tune", "From scratch"):  # fmt: skip
        visit.page.get_by_role("button", name=name, exact=True).click()
        visit.idle()
    visit.page.get_by_role("button", name="Race", exact=True).click()
    expect(visit.page.get_by_text("As they learn")).to_be_visible(timeout=SLOW)
    visit.expander("Download")
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="Head: Frozen features").click()
    with zipfile.ZipFile(waiting.value.path()) as found:
        assert sorted(found.namelist()) == ["frozen-svm/card.json", "frozen-svm/head.safetensors"]
    visit.idle()
    visit.page.get_by_role("link", name="Activation maps of Frozen features").click()
    visit.idle()
    expect(visit.page.get_by_text("Maps of a head that was trained here")).to_be_visible()
    likely = visit.page.locator(".st-key-likely [data-testid=stButton]")
    expect(likely).to_have_count(2)  # its own two classes
    assert all(name in " ".join(likely.all_inner_texts()) for name in toy_set.CLASSES[:2])
    head = visit.link["head"]
    expect(visit.page.get_by_text("cells add up to")).to_be_visible()
    visit.page.get_by_role("button", name="Back to ImageNet").click()
    visit.idle()
    expect(likely).to_have_count(5)
    visit.page.goto(f"{visit.url}/pooling?head={head}")
    strip = visit.page.get_by_text("class maps of the head")
    expect(strip.first).to_contain_text("pooled as they are")
    expect(likely).to_have_count(2)
    assert all(name in " ".join(likely.all_inner_texts()) for name in toy_set.CLASSES[:2])
    visit.page.get_by_role("button", name="Back to ImageNet").click()
    expect(visit.page.get_by_text("ImageNet class maps of").first).to_be_visible()
    second = toy_set.CLASSES[1]
    visit.page.goto(f"{visit.url}/localization?head={head}&first={second}")
    expect(visit.page.get_by_text(f"The point of {second} is")).to_be_visible()
    expect(visit.notices).to_have_count(0)  # a class of the head, though none of ImageNet's
    expect(likely).to_have_count(2)
    likely.filter(has_text=toy_set.CLASSES[0]).get_by_role("button").click()
    expect(visit.page.get_by_text(f"The point of {toy_set.CLASSES[0]} is")).to_be_visible()
    assert visit.link["first"] == toy_set.CLASSES[0]
    visit.page.get_by_role("button", name="Back to ImageNet").click()
    expect(visit.page.get_by_text("The same class under every scheme")).to_be_visible()
    visit.page.goto(f"{visit.url}/activation_maps?head=no-such-run/scratch")
    expect(visit.page.get_by_text("There is no run 'no-such-run'")).to_be_visible()
    visit.idle()
    expect(likely).to_have_count(5)

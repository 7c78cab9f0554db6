"""The Framework map page: its links lead to stations that take them, and answers lead to a cell."""

import ast
import importlib
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import expect
from pydantic import BaseModel

from tests.web.test_accessibility import findings, fits, stretch
from wsl_core.framework import Method, framework
from wsl_core.web import links
from wsl_core.web.framework.map import CODE, glance
from wsl_core.web.framework.view import FrameworkView
from wsl_core.web.stations import STATIONS

PROJECT = Path(__file__).resolve().parents[2]
WHOLE = framework()
LINKED = [one for cell in WHOLE.cells for one in cell.methods if one.station]


def models(page: Path) -> list[type[BaseModel]]:
    """The parameter models that a page hands to `station.head`."""
    tree = ast.parse(page.read_text(encoding="utf-8"))
    modules = {
        name.asname or name.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    heads = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "station.head"
    ]
    (head,) = heads
    found = []
    for one in head.args[2:]:
        name = ast.unparse(one)
        if "." in name:
            module, name = name.split(".")
            home = importlib.import_module(f"{modules[module]}.{module}")
        else:
            home = importlib.import_module(modules[name])
        found.append(getattr(home, name))
    return found


@pytest.mark.parametrize("method", LINKED, ids=lambda one: one.name)
def test_a_link_goes_to_a_station_that_takes_it(method: Method) -> None:
    station = next((one for one in STATIONS if one.url == method.station), None)
    assert station is not None, f"there is no station {method.station}"
    known = models(PROJECT / station.page)
    for name, value in method.link.items():
        takes = [one for one in known if name in one.model_fields]
        assert takes, f"{station.url} has no {name} in its link"
        parsed, notices = links.parse(takes[0], {name: value})
        assert not notices
        assert str(getattr(parsed, name)) == value


def test_it_is_the_first_station_of_its_section() -> None:
    section = next(one for one in STATIONS if one.url == "framework").section
    assert next(one.url for one in STATIONS if one.section is section) == "framework"


def test_the_table_at_a_glance_names_what_the_lecture_names() -> None:
    drawn = glance("target-unlabelled")
    for cell in WHOLE.cells:
        for one in cell.methods:
            assert (one.name in drawn) == one.lecture
    assert "Marked: source labelled, target unlabelled." in drawn


def test_the_lines_of_python_run(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(CODE, "code", "exec"), {})
    assert "Subtract each domain's own mean" in capsys.readouterr().out


def test_every_question_is_in_the_link() -> None:
    for one in WHOLE.questions:
        for answer in one.answers:
            view, notices = links.parse(FrameworkView, {one.key: answer})
            assert not notices
            assert getattr(view, one.key) == answer


def opened(visit, **query: str):
    visit.page.goto(f"{visit.url}/framework?{urlencode(query)}")
    visit.page.get_by_role("heading", name="Which transfer is it?").wait_for()
    visit.idle()
    return visit


@pytest.mark.browser
def test_a_method_leads_to_its_station_with_its_state(visit) -> None:
    opened(visit)
    visit.page.get_by_role("link", name="Subspace alignment").click()
    visit.page.get_by_role(
        "heading", name="Labels from one world, pictures from another"
    ).wait_for()
    visit.idle()
    expect(visit.page.get_by_text("The link asks for")).to_have_count(0)
    asked = dict(parse_qsl(urlsplit(visit.page.url).query))
    assert asked["finished"] == "mnist-mnistm-shipped-sa"


@pytest.mark.browser
def test_answers_lead_to_a_cell(visit) -> None:
    opened(visit, chapter="your data", target="none", look="different")
    expect(visit.page.get_by_role("heading", name="Domain-adversarial training")).to_be_visible()
    visit.segment("classes", "others").click()
    visit.segment("described", "yes").click()
    expect(visit.page.get_by_role("heading", name="Zero-shot learning")).to_be_visible()
    visit.segment("described", "no").click()
    expect(visit.page.get_by_role("heading", name="Retrieval")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("visit", ["light", "dark", "phone"], indirect=True)
def test_all_parts_can_be_read_by_everybody(visit) -> None:
    opened(visit, example="Elephants and tigers")
    expect(visit.page.get_by_text("stand here")).to_be_visible()
    for chapter in ("the table", "your data", "left out"):
        visit.segment("chapter", chapter).click()
        expect(visit.segment("chapter", chapter)).to_be_checked()
        visit.idle()
        assert fits(visit)
        stretch(visit)
        assert findings(visit) == []

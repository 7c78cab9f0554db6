"""The part "table" of domain adaptation: what it says of known rows, and how it looks in a browser."""

import csv
import html
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.figures.test_adaptation_results import row
from tests.web.test_accessibility import findings, fits, picture_of, stretch
from wsl_core.figures import adaptation_results as results
from wsl_core.transfer.adaptation import METHODS
from wsl_core.web.adaptation import ingredients
from wsl_core.web.adaptation import published as words

ROWS = [
    row("mnist-mnistm", "self-training", 0.953),
    row("mnist-mnistm", "dann", 0.864),
    row("mnist-mnistm", "sa", 0.48, accuracy_sd=""),
    row("mnist-mnistm", "source-only", 0.3, variant="nothing added", steps="4000"),
    row("mnist-mnistm", "source-only", 0.764, variant="negatives of the source", steps="4000",
        source_only="0.764", source_only_centred="0.635"),
    row("mnist-mnistm", "self-training", 0.95, variant="all three", steps="4000"),
    row("synnumbers-svhn", "dann", 0.85, target="", gap_covered="", data="generated and subset",
        parts="colour 0.8612; grey 0.8411", notes="Labels were recovered."),
    row("synsigns-gtsrb", "dann", 0.89), row("drawnsigns-gtsrb", "dann", 0.91),
    row("mnist-usps", "adda", 0.9, network="paper"), row("mnist-usps", "dann", 0.835),
    row("digits-dimmed", "dann", 0.94, gap_covered="1.1"),
]  # fmt: skip
FOUND = results.read(ROWS)


def text(table: words.Table) -> dict[str, list[str]]:
    """A table by the first cell of its rows."""
    return {line[0]: line[1:] for line in table[1]}


def test_the_lecture_s_table_has_its_accuracies_and_computed_gaps() -> None:
    columns, _ = words.paper("arXiv")
    assert columns[1:] == list(words.LECTURE)
    found = text(words.paper("arXiv"))
    assert found["Source only"] == ["57.49", "86.65", "59.19", "74.00"]
    assert found["DANN"] == [
        "81.49 (gap 57.9)", "90.48 (gap 66.1)", "71.07 (gap 29.5; printed: 29.3)", "88.66 (gap 56.7)",
    ]  # fmt: skip
    later = text(words.paper("JMLR"))
    assert later["SA"][0] == "56.90 (gap 10.6; printed: 4.1)"
    assert later["SA"][1] == "86.44 (gap −5.5)"


def test_a_table_without_gaps_has_deviations_and_dashes() -> None:
    columns, _ = words.plain(words.ADDA, words.TRANSLATION)
    assert columns == ["%", "MNIST → USPS", "USPS → MNIST", "SVHN → MNIST"]
    found = text(words.plain(words.ADDA, words.TRANSLATION))
    assert found["ADDA"] == ["89.4 ± 0.2", "90.1 ± 0.8", "76.0 ± 1.8"]
    assert found["CoGAN"][2] == "–"
    assert found["Image translation, LeNet"] == ["92.1", "87.2", "80.3"]
    assert "did not converge" in words.notes(words.ADDA)


def test_what_is_quoted_by_others_is_said_to_be_reported() -> None:
    assert "*lecture*" in words.sources("adaptation, arXiv")
    assert "*reported*" not in words.sources("adaptation, arXiv")
    for name in ("adaptation, JMLR", words.ADDA, words.TRANSLATION, "adaptation, others"):
        assert "*reported*" in words.sources(name)
        assert "*lecture*" not in words.sources(name)


def test_our_rows_have_both_baselines_in_the_order_of_the_methods() -> None:
    own = results.of_pair(FOUND, "mnist-mnistm")
    table = words.measured(own)
    assert [line[0] for line in table[1]] == [
        "SA",
        "DANN",
        METHODS["self-training"].title,
    ]
    found = text(table)
    assert found["DANN"] == ["86.4 ± 1.0", "30.0 / 50.0", "90.0", "91.0"]
    assert (found["SA"][0], found["SA"][3]) == ("48.0", "−5.0")
    said = words.circumstances(own)
    assert said.startswith(
        "Data: subset; 60,000 labelled pictures, 6,000 without labels, 2,000 tested; 2026-11-27."
    )
    assert "DANN: 3 seeds, 3,000 steps, 104 s each" in said


def test_a_pair_without_a_ceiling_says_so_and_gives_its_parts() -> None:
    own = results.of_pair(FOUND, "synnumbers-svhn")
    assert text(words.measured(own))["DANN"][2:4] == ["–", "–"]
    said = words.remarks(own)
    assert said.startswith("Labels were recovered. There are no labelled target pictures")
    assert "colour 86.1, grey 84.1" in said
    assert words.remarks(results.of_pair(FOUND, "mnist-mnistm")) == ""


def test_bars_set_the_lecture_s_figure_beside_ours() -> None:
    drawn = words.chart("MNIST → MNIST-M", results.of_pair(FOUND, "mnist-mnistm"))
    label = html.unescape(re.search(r'aria-label="([^"]+)"', drawn)[1])
    assert "Source only: the lecture's table 57.49, measured here 30.0" in label
    assert "target's own mean: measured here 50.0" in label
    assert "(DANN): the lecture's table 81.49, measured here 86.4 ± 1.0" in label
    assert "Train on target: the lecture's table 98.91, measured here 90.0" in label
    small = words.chart("MNIST → USPS", results.of_pair(FOUND, "mnist-usps"))
    assert "(DANN): published 77.1, measured here 83.5" in small
    assert "(ADDA), the paper&#x27;s network: published 89.4, measured here 90.0" in small
    assert "57.49" not in small


def test_a_published_figure_stands_beside_its_own_pair_alone() -> None:
    """JMLR's rows never stand beside ours, nor those of other pairs."""
    drawn = words.chart("Digits → dimmed digits", results.of_pair(FOUND, "digits-dimmed"))
    assert re.search("published|lecture", drawn) is None
    later = {cell.row.value for cells in results.table("JMLR").values() for cell in cells.values()}
    for dataset, names in words.LECTURE.items():
        own = [one for name in names for one in results.of_pair(FOUND, name)]
        if own:
            shown = set(re.findall(r"table ([\d.]+\d)", words.chart(dataset, own)))
            assert shown
            assert not shown & {f"{value:g}" for value in later}


def test_each_ingredient_has_its_share_of_one_gap() -> None:
    found = ingredients.shares(FOUND)
    assert [one.accuracy for one in found] == [0.5, 0.764, 0.95]  # the better source only
    assert [one.gain for one in found] == pytest.approx([0, 0.264, 0.45])
    assert [one.gap for one in found] == pytest.approx([0, 0.66, 1.125])
    assert ingredients.table(found)[1] == [
        ["nothing added", "50.0", "+0.0", "0.0"],
        ["negatives of the source", "76.4 ± 1.0", "+26.4", "66.0"],
        ["all three", "95.0 ± 1.0", "+45.0", "112.5"],
    ]
    assert "All rows take 4,000 steps" in ingredients.sentence(found)
    assert ingredients.shares(results.of_pair(FOUND, "digits-dimmed")) == []


SCRIPT = """
from pathlib import Path

import streamlit as st

from wsl_core.web import station
from wsl_core.web.adaptation import table

station.RESULTS = Path(__file__).parent / "results"
st.html(Path("assets/style.css"))
st.title("Table")
table.show()
"""


@pytest.fixture(scope="module")
def shown(serve, tmp_path_factory: pytest.TempPathFactory):
    """`with shown(rows) as server`: the part alone, with these rows in the result file."""

    def start(rows: list[dict[str, str]]):
        place = tmp_path_factory.mktemp("table")
        (place / "results").mkdir()
        if rows:
            with (place / "results" / f"{results.FILE}.csv").open("w", encoding="utf-8") as file:
                table = csv.DictWriter(file, list(rows[0]))
                table.writeheader()
                table.writerows(rows)
        script = place / "app.py"
        script.write_text(SCRIPT)
        return serve(script=str(script), PYTHONPATH=str(Path(__file__).parents[2]))

    return start


@pytest.mark.browser
def test_the_part_shows_everything_and_fits_a_phone(shown, opened) -> None:
    with shown(ROWS) as server:
        for look in ("light", "dark", "phone"):
            with opened(server.url, look) as visit:
                page = visit.page
                page.goto(server.url)
                page.get_by_role("heading", name="What each ingredient adds").wait_for()
                visit.idle()
                stretch(visit)
                picture_of(visit, f"adaptation-table-{look}")
                assert fits(visit)
                assert findings(visit) == []
                if look == "light":
                    expect(page.get_by_text("81.49 (gap 57.9)")).to_be_visible()
                    expect(page.get_by_role("img", name="table 81.49").first).to_be_visible()
                    expect(page.get_by_text("--only svhn-mnist --write")).to_be_visible()
                    later = visit.expander("The table of the later version")
                    expect(later.get_by_text("86.44 (gap −5.5)")).to_be_visible()
                    expect(
                        visit.expander("Other published").get_by_text("CyCADA").first
                    ).to_be_visible()
                    files = visit.expander("Download")
                    expect(files.get_by_role("button", name="Measured (CSV)")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("damaged", [False, True])
def test_without_measured_figures_the_published_ones_are_shown(shown, opened, damaged) -> None:
    rows = [ROWS[0] | {"seeds": "three"}] if damaged else []
    with shown(rows) as server, opened(server.url) as visit:
        visit.page.goto(server.url)
        visit.page.get_by_role("heading", name="The lecture's table").wait_for()
        visit.idle()
        notice = "line 2 holds something" if damaged else "no measured figures"
        expect(visit.page.get_by_text(notice)).to_be_visible()
        expect(visit.page.get_by_role("heading", name="Measured here")).to_have_count(0)

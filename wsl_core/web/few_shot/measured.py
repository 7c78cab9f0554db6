"""The part "measured" of the Few examples page: accuracy against examples, shipped with the program."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from wsl_core import published
from wsl_core.figures.few_shot_curves import ShotCurve, shots_chart
from wsl_core.figures.ink import percent
from wsl_core.transfer.few_shot import HEADS
from wsl_core.web import prediction, station
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.few_shot import downloads as files
from wsl_core.web.few_shot import in_python as code
from wsl_core.web.few_shot import sentences as words
from wsl_core.web.few_shot.view import FewShotView

SHIPPED = Path(__file__).parents[3] / "assets" / "few_shot" / "caltech101.json"
PUBLISHED = {"5-way one-shot": "few-shot, one-shot", "5-way 5-shot": "few-shot, 5-shot"}
FINETUNING = "few_shot_finetuning"
ABSENT = (
    "The figures do not come with this installation. They are made by `python -m benchmarks.few_shot "
    "--write`, on pictures in WSL_DATA."
)
QUESTION = "one_shot"
GUESSES = {"about 5 %": 0.05, "about 30 %": 0.3, "about 70 %": 0.7, "about 95 %": 0.95}
HARD = 6  # classes at each end
READ = (
    "One picture of each class goes a long way, since the features were learned from more than a million "
    "others. Each further picture adds less than the one before. The bands are narrow because many "
    "draws are averaged; which pictures are drawn matters most with the first one."
)
WARNING = (
    "ImageNet has relatives of many of these classes, so this is not few-shot learning as its papers mean "
    "it: there, the network has never seen anything like the new classes. The published figures below are of "
    "that kind, on other pictures and other networks, and cannot be compared with these."
)


@dataclass(frozen=True)
class Measured:
    """What comes with the program.

    Attributes:
        rows: one a head, number of shots and number of ways, as in `benchmarks/results/few_shot.csv`.
        classes: of the set.
        per_class: by "HEAD, SHOTS" the accuracy of each class, all of them at once.
    """

    rows: tuple[dict[str, str], ...]
    classes: tuple[str, ...]
    per_class: dict[str, list[float]]

    def of_ways(self, ways: int) -> list[dict[str, str]]:
        """The rows of so many classes to choose among."""
        return [row for row in self.rows if int(row["ways"]) == ways]


@cache
def shipped() -> Measured | None:
    """The finished figures; None where this installation has none."""
    if not SHIPPED.is_file():
        return None
    facts = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return Measured(tuple(facts["rows"]), tuple(facts["classes"]), facts["per_class"])


def curves(rows: list[dict[str, str]]) -> list[ShotCurve]:
    """A curve a head."""
    found = []
    for name in dict.fromkeys(row["head"] for row in rows):
        own = [row for row in rows if row["head"] == name]
        found.append(
            ShotCurve(
                HEADS[name].title,
                [int(row["shots"]) for row in own],
                [float(row["accuracy"]) for row in own],
                [float(row["interval_95"]) for row in own],
            )
        )
    return found


def show() -> None:
    """Predict, curves with their bands, the classes that are hard, published figures."""
    found = shipped()
    if found is None:
        st.info(ABSENT, icon=":material/show_chart:")
        station.same_in_python(code.MEASURED)
        return
    predict = lasting(FewShotView, "predict")
    if predict and not _predicted(found):
        return
    ways = lasting(FewShotView, "ways")
    rows = found.of_ways(ways)
    inline(
        shots_chart(curves(rows), f"Accuracy among {ways} classes (chance {percent(1 / ways)})"),
        "few_curves",
    )
    station.table(*words.measured_table(rows))
    st.caption(words.circumstances(rows[0]))
    st.markdown(READ)
    shut = station.drawer("Which classes are hard with one example", ":material/list:", "few_hard")
    if shut.open:
        with shut:
            values = found.per_class["nearest-mean, 1"]
            station.table(*words.hard(found.classes, values, HARD))
            st.caption("Nearest class mean, one-shot, all classes at once.")
    _beside_finetuning()
    _published()
    files.drawer(lambda: files.of_measured(found.rows, published.csv_text))
    station.same_in_python(code.MEASURED)


def _predicted(found: Measured) -> bool:
    """Whether the visitor has said how good one example is; asks otherwise."""
    row = next(r for r in found.of_ways(100) if r["head"] == "nearest-mean" and r["shots"] == 1)
    right = float(row["accuracy"])
    said = prediction.ask(
        QUESTION,
        "A classifier is made from **one** picture of each of 100 classes, on frozen features. How often is "
        "it right?",
        [*GUESSES, words.SHOW],
    )
    if said is None:
        return False
    if said != words.SHOW:
        nearest = min(GUESSES, key=lambda guess: abs(GUESSES[guess] - right))
        prediction.compare(QUESTION, said, nearest, f"{percent(right)} are right.")
    return True


def _beside_finetuning() -> None:
    """The heads beside fine-tuning on the same few draws, where that was measured."""
    if rows := station.measured(FINETUNING):
        st.header("Beside fine-tuning", anchor=False)
        st.markdown(words.FINETUNING)
        station.table(*words.measured_table(rows))
        st.caption(words.finetuned(rows[0]))


def _published() -> None:
    """Figures of papers, beside and not comparable."""
    st.header("Published", anchor=False)
    st.markdown(WARNING)
    tables = {title: published.rows(name) for title, name in PUBLISHED.items()}
    values = {
        (title, row.method, row.dataset): f"{row.value:.1f} %"
        for title, rows in tables.items()
        for row in rows
    }
    body = [
        [
            row.method,
            row.dataset,
            *(values.get((title, row.method, row.dataset), "–") for title in tables),
            f"{row.source}; {row.status}",
        ]
        for row in next(iter(tables.values()))
    ]
    station.table(["method", "pictures", *tables, "source"], body)
    st.caption(f"Reported: {published.STATUS['reported']}")

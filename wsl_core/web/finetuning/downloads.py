"""Files that a visitor takes away from the Fine-tuning page; each is made when it is asked for."""

import io
import json
import zipfile
from collections.abc import Sequence
from functools import partial

from wsl_core.jobs import Result
from wsl_core.networks import head_files
from wsl_core.transfer.finetuning import delivered
from wsl_core.transfer.finetuning.finished import Course, FinishedCases, Race
from wsl_core.web.downloads import Download, csv_text, drawer

__all__ = ["drawer", "heads", "of_case", "of_course", "of_race"]
FIGURES = ("train_accuracy", "validation_accuracy", "train_loss", "validation_loss")


def of_race(race: Race) -> list[Download]:
    """All that is known of a race as JSON, and its curves as CSV."""
    return [
        ("Race (JSON)", lambda: json.dumps(dict(race.facts)), "race.json", "application/json"),
        ("Curves (CSV)", lambda: curves_csv(race.courses), "race-curves.csv", "text/csv"),
    ]


def of_case(found: FinishedCases, case: str) -> list[Download]:
    """The curves of all setups and draws of a case."""
    courses = [one for own in found.setups[case].values() for one in own]
    return [("Curves (CSV)", lambda: curves_csv(courses), f"{case}-curves.csv", "text/csv")]


def of_course(one: Course) -> list[Download]:
    """One training."""
    return [
        (
            "Training (JSON)",
            lambda: json.dumps(dict(one.facts)),
            "training.json",
            "application/json",
        ),
        ("Curves (CSV)", lambda: curves_csv([one]), "training-curves.csv", "text/csv"),
    ]


def heads(result: Result) -> list[Download]:
    """A zip file with a head for every strategy that makes one."""
    return [
        (
            f"Head: {one['title']} (zip)",
            partial(head, result, one["name"]),
            f"{one['name']}.zip",
            "application/zip",
        )
        for one in result.facts["strategies"]
        if one["delivered"]
    ]


def head(result: Result, name: str) -> bytes:
    """A zip file with the folder of a strategy's head."""
    files, _ = head_files.contents(
        delivered.card_of(result.facts, name), delivered.tensors_of(result.arrays, name)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for file, data in files.items():
            pack.writestr(f"{name}/{file}", data)
    return out.getvalue()


def curves_csv(courses: Sequence[Course]) -> str:
    """A line an epoch; rates are fractions."""
    return csv_text(
        ["training", "epoch", *FIGURES],
        (
            [one.title, row["epoch"], *(_number(row.get(name)) for name in FIGURES)]
            for one in courses
            for row in one.curve
        ),
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"

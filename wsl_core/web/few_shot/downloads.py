"""Files that a visitor takes away from the Few examples page; each is made when it is asked for."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from wsl_core import figures
from wsl_core.figures import Scale
from wsl_core.transfer.few_shot import Answer
from wsl_core.web import downloads
from wsl_core.web.downloads import Download
from wsl_core.web.pictures import Chosen


def drawer(files: Callable[[], Sequence[Download]]) -> None:
    """A drawer of buttons."""
    downloads.drawer(files)


def of_answer(answer: Answer, chosen: Chosen, which: int, opacity: float) -> list[Download]:
    """The picture with the map that is shown, and all figures."""
    stem = chosen.key or "picture"
    return [
        (
            "Overlay (PNG)",
            partial(_overlay, answer, chosen, which, opacity),
            f"{stem}-few-shot.png",
            "image/png",
        ),
        (
            "Scores and maps (JSON)",
            partial(as_json, answer),
            f"{stem}-few-shot.json",
            "application/json",
        ),
    ]


def _overlay(answer: Answer, chosen: Chosen, which: int, opacity: float) -> bytes:
    scale = Scale.of(answer.maps)
    values = answer.maps[which]
    return figures.png(
        figures.overlay(chosen.photo, values, answer.placement, scale=scale, opacity=opacity)
    )


def as_json(answer: Answer) -> str:
    """Scores and maps, and how the maps lie on the picture, for other programs."""
    down, across = answer.placement.down, answer.placement.across
    return json.dumps(
        {
            "unit": "cosine" if answer.cosine else "logits",
            "width": across.picture_side,
            "height": down.picture_side,
            "cell_centres": {
                "x": across.centres().round(3).tolist(),
                "y": down.centres().round(3).tolist(),
            },
            "classes": [
                {"name": name, "score": float(score), "map": values.round(6).tolist()}
                for name, score, values in zip(
                    answer.names, answer.scores, answer.maps.astype(float), strict=True
                )
            ],
        }
    )


def of_measured(rows: Sequence[Mapping[str, str]], published: Callable[[], str]) -> list[Download]:
    """Measured and published figures."""
    text = partial(downloads.csv_text, list(rows[0]), [list(row.values()) for row in rows])
    return [
        ("Measured (CSV)", text, "few_shot.csv", "text/csv"),
        ("Published (CSV)", published, "published.csv", "text/csv"),
    ]

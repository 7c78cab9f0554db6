"""Files that a visitor takes away from the Retrieval page; each is made when it is asked for."""

import csv
import io
import json

from wsl_core.web.downloads import Download
from wsl_core.web.retrieval.neighbours import Found
from wsl_core.web.retrieval.shown import Matching, Shown, matching


def files(shown: Shown, found: Found, rank: int) -> list[Download]:
    """Everything on offer."""

    def cells() -> str:
        near = found.learned[min(rank, len(found.learned)) - 1]
        return as_json(matching(shown, found.asked, near.number), shown.names[near.number])

    return [
        ("Neighbours (CSV)", lambda: as_csv(shown, found), "neighbours.csv", "text/csv"),
        ("Cells (JSON)", cells, "cells.json", "application/json"),
    ]


def as_csv(shown: Shown, found: Found) -> str:
    """All neighbours of all kinds."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["vectors", "rank", "picture", "class", "cosine"])
    for kind, near in found.by_kind.items():
        for rank, one in enumerate(near, 1):
            writer.writerow(
                [kind, rank, shown.names[one.number], one.label or "", f"{one.similarity:.6f}"]
            )
    return out.getvalue()


def as_json(match: Matching, neighbour: str) -> str:
    """What each cell of both pictures adds to the cosine, at every size."""
    sides = {"asked": match.asked, "found": match.found}
    return json.dumps(
        {
            "neighbour": neighbour,
            "cosine": match.cosine,
            "unit": "parts of the cosine, which all maps of a side add up to",
            **{
                name: {
                    "sum": one.similarity,
                    "maps": [values.round(7).tolist() for values in one.maps],
                    "cell_centres": [
                        {
                            "x": place.across.centres().round(2).tolist(),
                            "y": place.down.centres().round(2).tolist(),
                        }
                        for place in one.placements
                    ],
                }
                for name, one in sides.items()
            },
        }
    )

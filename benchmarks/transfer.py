"""What transfer costs beside the obvious ways: two ratios, each measured in one run.

    python -m benchmarks.transfer --json

`retrieval_over_sklearn`: one query over 10,000 vectors of 1,280 values, against scikit-learn's
NearestNeighbors (brute force, cosine) on the same vectors; both are ready to be asked before the clock
starts. `probe_pass_over_forward`: all layers of a network in one pass, against its plain forward passes
(`benchmarks.probe_pass`).
"""

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks import measure
from wsl_core.transfer.retrieval import nearest

NAME, PROBES = "transfer", "benchmarks.probe_pass"
PACKAGES = ("numpy", "scikit-learn", "openvino")
PICTURES, WIDTH, TOP, MANY = 10_000, 1280, 10, 64
OURS, THEIRS, OURS_MANY, THEIRS_MANY = "query", "scikit-learn", "queries", "scikit-learn, queries"


def vectors(count: int, seed: int) -> np.ndarray:
    """(count, WIDTH) float32 of length 1, none negative, as a network's features are."""
    values = np.random.default_rng(seed).gamma(0.5, size=(count, WIDTH)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def retrieval(rounds: int, patience: float) -> dict[str, Any]:
    """Times of a query and of many at once, ours and scikit-learn's, interleaved.

    Raises:
        SystemExit: they do not find the same.
    """
    from sklearn.neighbors import NearestNeighbors

    base, one, many = vectors(PICTURES, 0), vectors(1, 1), vectors(MANY, 2)
    theirs = NearestNeighbors(n_neighbors=TOP, algorithm="brute", metric="cosine").fit(base)
    found, cosines = nearest(many, base, TOP)
    distances, known = theirs.kneighbors(many)
    if (found != known).any() or np.abs(1 - distances - cosines).max() > 1e-4:
        raise SystemExit("The neighbours are not those of scikit-learn.")
    timing = measure.interleaved(
        {
            OURS: lambda: nearest(one, base, TOP),
            THEIRS: lambda: theirs.kneighbors(one),
            OURS_MANY: lambda: nearest(many, base, TOP),
            THEIRS_MANY: lambda: theirs.kneighbors(many),
        },
        rounds,
        patience=patience,
    )
    took = timing.milliseconds
    return {
        "retrieval_over_sklearn": round(took[OURS] / took[THEIRS], 3),
        "retrieval_over_sklearn_many": round(took[OURS_MANY] / took[THEIRS_MANY], 3),
        "query_ms": round(took[OURS], 2),
        "milliseconds": {name: round(value, 2) for name, value in took.items()},
        "pictures": PICTURES,
        "dimensions": WIDTH,
        "queries_at_once": MANY,
        "neighbours": TOP,
        "rounds": rounds,
        "rounds_repeated": timing.repeated,
        "others_busy": timing.others_busy,
    }


def probe_pass() -> float | None:
    """One pass for all layers over plain forward passes; None where that is not measured here."""
    if importlib.util.find_spec(PROBES) is None:
        return None
    return float(importlib.import_module(PROBES).measure())


def rows(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row a ratio, with the circumstances in every row."""
    shared = ("pictures", "dimensions", "queries_at_once", "neighbours", "query_ms", "rounds",
              "rounds_repeated", "others_busy", "date", "machine", "versions")  # fmt: skip
    ratios = ("retrieval_over_sklearn", "retrieval_over_sklearn_many", "probe_pass_over_forward")
    return [
        {"ratio": name, "value": result[name]} | {key: result[key] for key in shared}
        for name in ratios
        if result[name] is not None
    ]


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """The ratios."""
    titles = {
        "retrieval_over_sklearn": "one query, over scikit-learn's",
        "retrieval_over_sklearn_many": f"{results[0]['queries_at_once']} at once, over scikit-learn's",
        "probe_pass_over_forward": "all layers in one pass, over plain forward passes",
    }
    lines = [(titles[one["ratio"]], f"{float(one['value']):.2f}") for one in results]
    return measure.table([("time", "ratio"), *lines])


def main() -> int:
    """The command line; 1 where the machine was too busy for figures worth keeping."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.transfer", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help=f"keep benchmarks/results/{NAME}.csv")
    parser.add_argument("--rounds", type=int, default=20, help="20 by default")
    parser.add_argument("--patience", type=float, default=60, metavar="SECONDS",
                        help="for running disturbed rounds again; 60 by default")  # fmt: skip
    parser.add_argument("--no-probes", action="store_true", help="leave the pass of probes out")
    arguments = parser.parse_args()
    probes = None if arguments.no_probes else probe_pass()
    result = {
        "probe_pass_over_forward": probes,
        **retrieval(arguments.rounds, arguments.patience),
        **measure.circumstances(PACKAGES),
    }
    results = rows(result)
    return measure.conclude(
        NAME, result, results, table(results), as_json=arguments.json, keep=arguments.write
    )


if __name__ == "__main__":
    sys.exit(main())

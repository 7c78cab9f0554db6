"""How large is what has to be installed?

    python -m benchmarks.install [--json] [--write]

Adds up the installed files of everything that `requirements.txt` asks for, directly or through others.
"""

import argparse
import importlib.metadata
import json
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from benchmarks import measure

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"
GROUPS = {"PyTorch's CUDA libraries": ("nvidia-", "cuda-", "triton"), "PyTorch": ("torch",)}
OTHERS = "everything else"


def needed() -> set[str]:
    """Names of the installed packages that the program needs, found from `requirements.txt` on."""
    lines = [line.partition("#")[0] for line in REQUIREMENTS.read_text("utf-8").splitlines()]
    waiting = [Requirement(line) for line in lines if line.strip()]
    found: set[str] = set()
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen or not _applies(requirement):
            continue
        seen.add(str(requirement))
        try:
            asked = importlib.metadata.requires(requirement.name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        found.add(requirement.name.lower().replace("_", "-"))
        for line in asked:
            inner = Requirement(line)
            extras = requirement.extras or {""}
            if any(_applies(inner, extra) for extra in extras | {""}):
                inner.marker = None
                waiting.append(inner)
    return found


def _applies(requirement: Requirement, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def megabytes(package: str) -> float:
    """Size of the installed files of a package, in megabytes."""
    files = importlib.metadata.files(package) or []
    return sum(file.size or 0 for file in files) / 1e6


def run() -> dict[str, Any]:
    """Sizes by group, as the object that `--json` prints."""
    sizes = dict.fromkeys([*GROUPS, OTHERS], 0.0)
    for package in needed():
        group = next((g for g, starts in GROUPS.items() if package.startswith(starts)), OTHERS)
        sizes[group] += megabytes(package)
    rounded = {group: round(size) for group, size in sizes.items()}
    return {"megabytes": rounded, **measure.circumstances(("torch", "openvino", "streamlit"))}


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a group."""
    shared = {key: result[key] for key in ("date", "machine", "versions")}
    return [
        {"part": group, "megabytes": size, **shared} for group, size in result["megabytes"].items()
    ]


def table(results: list[dict[str, Any]]) -> str:
    """Gigabytes a group, and their sum."""
    sizes = [(row["part"], float(row["megabytes"]) / 1000) for row in results]
    total = ("together", sum(size for _, size in sizes))
    return measure.table(
        [("installed", "GB"), *((part, f"{size:.2f}") for part, size in [*sizes, total])]
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.install", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help="keep benchmarks/results/install.csv")
    arguments = parser.parse_args()
    result = run()
    if arguments.write:
        measure.write("install", rows(result))
    print(json.dumps(result, indent=1) if arguments.json else table(rows(result)))


if __name__ == "__main__":
    main()

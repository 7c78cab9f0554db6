"""How well does each layer of the default network name the classes of Caltech-101?

    python -m benchmarks.probes --write

The protocol of Zeiler and Fergus (ECCV 2014) on the subset in WSL_DATA: 30 pictures a class to train on, at
most 6 to test on, 5 random draws, and the fixed split of its table. Layers that an earlier attempt has
finished are not measured again: the measurement is a run, which the same command takes up. `--write` also
puts the whole result into `assets/probes`, from where the page shows it.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import measure
from wsl_core import whole_files
from wsl_core.cli import following
from wsl_core.errors import DatasetError, WslError
from wsl_core.settings import settings
from wsl_core.transfer.probes import CLASSIFIERS, JOB, ProbeParameters, Probes
from wsl_core.transfer.probes.finished import CALTECH
from wsl_core.transfer.probes.request import pictures_of, with_digest

NAME = "probes"
PACKAGES = ("openvino", "numpy", "scipy")
SHIPPED = Path(__file__).parents[1] / "assets" / "probes" / f"{CALTECH}.json"
TRAIN, TEST, DRAWS, EXAMPLES = 30, 6, 5, (1, 5, 15)


def measured() -> Probes:
    """The measurement, begun or taken up again.

    Raises:
        WslError: the pictures are not there, or the run failed.
    """
    folder = settings().data
    if folder is None or not (folder / CALTECH).is_dir():
        raise DatasetError(
            f"There is no folder {CALTECH} in WSL_DATA. Accepted is a folder of class folders there."
        )
    how = ProbeParameters(
        data=str(folder / CALTECH), train=TRAIN, test=TEST, splits=DRAWS, examples=EXAMPLES
    )
    config = with_digest(how, pictures_of(how)).model_dump(mode="json")
    return Probes.of(following.result(JOB, config).facts)


def rows(found: Probes) -> list[dict[str, Any]]:
    """A row a layer and classifier; accuracies are fractions, seconds those of one processor."""
    shared = {
        "draws": found.splits, "train": found.train, "test": found.test,
        "test_pictures": found.tests[0], "classes": len(found.classes), "pictures": found.pictures,
        "fixed_train": (found.fixed or [0, 0])[0], "fixed_test": (found.fixed or [0, 0])[1],
        "data": found.data, "network": found.network, "side": found.size, "seed": found.seed,
    } | measure.circumstances(PACKAGES)  # fmt: skip
    return [
        {
            "layer": layer.name,
            "values": layer.values,
            "classifier": name,
            "accuracy_mean": _short(layer.mean(name)),
            "accuracy_sd": _short(layer.deviation(name)),
            "fixed_accuracy": _short(layer.fixed(name)),
            "fit_s": _short(layer.seconds(name), 2),
        }
        | shared
        for layer in found.layers
        for name in layer.fits
    ]


def _short(value: float | None, digits: int = 4) -> float | str:
    return "" if value is None else round(value, digits)


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """A line a layer: every classifier over the draws and on the fixed split."""
    names = list(dict.fromkeys(row["classifier"] for row in results))
    head = ["layer", "values"]
    for name in names:
        head += [CLASSIFIERS[name].title, "fixed split"]
    lines = []
    for layer in dict.fromkeys(row["layer"] for row in results):
        own = {row["classifier"]: row for row in results if row["layer"] == layer}
        values = int(next(iter(own.values()))["values"])
        cells = [f"`{layer}`", f"{values:,}" if values else "-"]
        for name in names:
            row = own[name]
            cells += [
                f"{100 * float(row['accuracy_mean']):.1f} ± {100 * float(row['accuracy_sd']):.1f}",
                f"{100 * float(row['fixed_accuracy']):.1f}",
            ]
        lines.append(cells)
    return measure.table([head, *lines])


def ship(found: Probes) -> None:
    """Put the result where the page finds it; the names of pictures stay, the pictures do not go along."""
    facts = found.model_dump(mode="json")
    for layer in facts["layers"]:
        for fits in layer["fits"].values():
            for one in fits.values():
                one |= {"accuracy": round(one["accuracy"], 6), "seconds": round(one["seconds"], 2)}
    SHIPPED.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(facts, separators=(",", ":"), ensure_ascii=False)
    whole_files.write(SHIPPED, f"{text}\n".encode())


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write", action="store_true", help="keep the figures, and ship them")
    parser.add_argument(
        "--result", type=Path, help="the result of a run of this measurement, as JSON"
    )
    args = parser.parse_args(argv)
    try:
        found = Probes.of(json.loads(args.result.read_text())) if args.result else measured()
    except WslError as error:
        measure.say(str(error))
        return 2
    results = rows(found)
    print(json.dumps(found.to_json(), indent=1) if args.json else table(results))
    if args.write:
        measure.write(NAME, results)
        ship(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())

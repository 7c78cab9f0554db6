"""How far does each method of adaptation come, over three seeds, on the lecture's pairs and others?

    python -m benchmarks.adaptation_pairs [--only PAIR[:METHOD[:VARIANT]] ...] [--seeds 3] [--write] [--json]
                                          [--ship DIR]

Every entry of `ENTRIES` is trained as `wsl adapt` trains it, and beside it, with the same steps, network and
augmentation: source only, and the ceiling where the pair has labelled target pictures. Entries that ask for
the same training share it. Labels of the target reach no training and no choice: the last network counts.

The entries with a variant show what each ingredient of the best recipe on MNIST -> MNIST-M adds: all of them
take as many steps as the whole.

A training is kept in WSL_CACHE, so that a run that was broken off goes on where it was, and several processes
can work at once on different pairs. `--write` keeps what is finished, whoever trained it; what the file has
of the same recipe is not trained again, unless `--anew` asks for it. `--list` shows what is done and what
is not. The whole takes many hours.

`--ship` saves the first seed of each of these entries as the adaptation page shows it, small.

`results/adaptation_pairs.csv` has a row an entry, `results/adaptation_trainings.csv` one a training.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import adaptation_trainings as trainings
from benchmarks import measure
from benchmarks.adaptation_entries import ENTRIES, SOURCE_ONLY, TARGET, Entry
from benchmarks.adaptation_trainings import Training
from wsl_core.datasets import domains
from wsl_core.errors import DatasetError, ParameterError, WslError
from wsl_core.transfer.adaptation.finished import AdaptationRun
from wsl_core.transfer.adaptation.results import summarised

TABLE = "adaptation_pairs"
SEEDS = 3


def chosen(only: Sequence[str]) -> list[Entry]:
    """The entries of these pairs, methods and variants; all where none is named.

    Raises:
        ParameterError: there is none of that name.
    """
    found: list[Entry] = []
    for one in only:
        wanted = one.split(":", 2)
        same = [
            entry
            for entry in ENTRIES
            if [entry.pair, entry.method, entry.variant][: len(wanted)] == wanted
        ]
        if not same:
            names = ", ".join(dict.fromkeys(f"{entry.pair}:{entry.method}" for entry in ENTRIES))
            raise ParameterError(f"--only {one} names no entry. There are: {names}.")
        found += same
    return list(dict.fromkeys(found)) if only else list(ENTRIES)


def train(wanted: Iterable[Entry], seeds: int, *, anew: bool = False) -> list[str]:
    """Train what is not kept; what could not be trained, in words.

    Args:
        wanted: one after the other.
        seeds: from 0 on.
        anew: forget what is kept of them first.
    """
    refused: list[str] = []
    fresh: set[str] = set()
    written = {} if anew else trainings.written()
    for entry in wanted:
        try:
            if sentence := domains.card(entry.pair).missing():
                raise DatasetError(sentence)
            for seed in range(seeds):
                ceiling = True
                for name, one in entry.trainings(seed).items():
                    if name == TARGET != entry.method and not ceiling:
                        continue
                    if anew and one.key not in fresh:
                        one.forget()
                    fresh.add(one.key)
                    ceiling = (written.get(one.key) or one.facts())["ceiling"]
        except WslError as error:
            refused.append(f"{':'.join(filter(None, entry.name))}: {error}")
            measure.say(refused[-1])
    return refused


def kept(entry: Entry, seeds: int) -> dict[str, list[dict[str, Any]]]:
    """The facts of all trainings by method, for the first seeds of which all are there.

    What was trained here goes before what the file says.
    """
    written = trainings.written()
    found: dict[str, list[dict[str, Any]]] = {entry.method: [], SOURCE_ONLY: [], TARGET: []}
    for seed in range(seeds):
        own = {name: one.kept() or written.get(one.key)
               for name, one in entry.trainings(seed).items()}  # fmt: skip
        first = own[entry.method]
        if first is not None and not first["ceiling"]:
            own.pop(TARGET, None)
        if any(one is None for one in own.values()):
            break
        for name, one in own.items():
            assert one is not None
            found[name].append(one)
    return found


def row(entry: Entry, seeds: int) -> dict[str, Any] | None:
    """An entry's row for the file; None where not even one seed is finished."""
    facts = kept(entry, seeds)
    own = facts[entry.method]
    if not own:
        return None
    # A fraction to four digits; without a ceiling, or with one seed, an empty cell.
    found = summarised(own, facts[SOURCE_ONLY], facts[TARGET]).to_json()
    figures = {name: "" if value is None else value for name, value in found.items()}
    if entry.method == SOURCE_ONLY:  # it is one end of the gap
        figures["gap_covered"] = ""
    latest = max(own, key=lambda one: str(one["date"]))
    return {
        "pair": entry.pair,
        "method": entry.method,
        "network": entry.network,
        "variant": entry.variant,
        **{name: figures[name] for name in
           ("accuracy_mean", "accuracy_sd", "source_only", "source_only_centred", "target",
            "gap_covered")},
        "seeds": len(own),
        "steps": figures["steps"],
        "seconds_per_seed": round(found["seconds_per_seed"], 1),
        "data": figures["data"],
        "source_pictures": own[0]["counts"]["source"],
        "target_pictures": own[0]["counts"]["target"],
        "evaluated": own[0]["counts"]["evaluation"],
        "oracle": round(statistics.fmean(one["oracle"]["accuracy"] for one in own), 4),
        "parts": "; ".join(
            f"{name} {statistics.fmean(one['parts'][name] for one in own):.4f}"
            for name in own[0]["parts"]
        ),
        "notes": " ".join(own[0]["notes"]),
        "command": entry.command(len(own)),
        "key": Training.of(entry.request(0)).key,
        **{name: latest[name] for name in ("date", "machine", "versions")},
    }  # fmt: skip


def rows(among: Sequence[Entry], seeds: int) -> list[dict[str, Any]]:
    """The row of every entry: what is kept here, else what the file says of the same recipe."""
    written = {
        tuple(one[name] for name in ("pair", "method", "network", "variant")): one
        for one in measure.read(TABLE)
    }
    found: list[dict[str, Any]] = []
    for entry in among:
        own, earlier = row(entry, seeds), written.get(entry.name)
        same = earlier and earlier["key"] == Training.of(entry.request(0)).key
        if earlier and same and (own is None or int(earlier["seeds"]) > own["seeds"]):
            own = dict(earlier)
        if own is not None:
            found.append(own)
    return found


def training_rows(among: Sequence[Entry], seeds: int) -> list[dict[str, Any]]:
    """A row a training, each once: what is kept here, else what the file says."""
    written = {one["key"]: one for one in measure.read(trainings.TABLE)}
    found: dict[str, dict[str, Any]] = {}
    for one in _trainings(among, seeds):
        facts = one.kept()
        if facts is not None:
            found[one.key] = trainings.row(one, facts)
        elif one.key in written:
            found[one.key] = dict(written[one.key])
    return list(found.values())


def _trainings(among: Sequence[Entry], seeds: int) -> Iterator[Training]:
    for entry in among:
        for seed in range(seeds):
            yield from entry.trainings(seed).values()


def table(found: Sequence[Mapping[str, Any]]) -> str:
    """Means and deviations in percent, for people."""
    head = ("pair", "method", "accuracy", "source only", "centred", "target", "gap", "seeds", "s")
    baselines = ("source_only", "source_only_centred", "target", "gap_covered")
    lines = []
    for one in found:
        spread = f" ± {percent(one['accuracy_sd'])}" if one["accuracy_sd"] != "" else ""
        lines.append(
            (
                one["pair"],
                ", ".join(filter(None, (one["method"], one["network"], one["variant"]))),
                percent(one["accuracy_mean"]) + spread,
                *(percent(one[name]) for name in baselines),
                one["seeds"],
                f"{float(one['seconds_per_seed']):.0f}",
            )
        )
    return measure.table([head, *lines], left=2)


def ship(entry: Entry, place: Path) -> None:
    """Save the first seed of an entry as the adaptation page shows it.

    Raises:
        ParameterError: the folder cannot be written.
    """
    result = Training.of(entry.request(0)).result()
    if result is None:
        return
    shown = AdaptationRun.of(result)
    facts = shown.facts | {"command": entry.command(1)}
    name = "-".join([shown.name, *entry.variant.split()])
    replace(shown, facts=facts).save(place / name)


def percent(value: Any) -> str:
    """One decimal; a dash for what could not be measured."""
    return "-" if value in ("", None) else f"{100 * float(value):.1f}"


def main() -> int:
    """The command line; 1 where something could not be trained, 2 where nothing was asked for that is."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adaptation_pairs", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--only", nargs="*", default=[], metavar="PAIR[:METHOD[:VARIANT]]",
                        help="these entries; all of them by default")  # fmt: skip
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N",
                        help=f"trainings of each kind, from seed 0 on; {SEEDS} by default")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true",
                        help=f"keep benchmarks/results/{TABLE}.csv and {trainings.TABLE}.csv")  # fmt: skip
    parser.add_argument("--anew", action="store_true", help="train these entries again")
    parser.add_argument("--list", action="store_true", help="train nothing: show what is done")
    parser.add_argument("--ship", type=Path, metavar="DIR",
                        help="save first seeds for the page, DIR/PAIR-METHOD")  # fmt: skip
    arguments = parser.parse_args()
    try:
        wanted = chosen(arguments.only)
    except WslError as error:
        measure.say(str(error))
        return 2
    if arguments.list:
        done = [
            (*entry.name, f"{len(kept(entry, arguments.seeds)[entry.method])} of {arguments.seeds}")
            for entry in wanted
        ]
        print(measure.table([("pair", "method", "network", "variant", "done"), *done], left=4))
        return 0
    refused = train(wanted, arguments.seeds, anew=arguments.anew)
    own = [one for entry in wanted if (one := row(entry, arguments.seeds))]
    print(json.dumps({"rows": own, "refused": refused}, indent=1) if arguments.json else table(own))
    for entry in wanted if arguments.ship else ():
        ship(entry, arguments.ship)
    if arguments.write:
        files = {
            TABLE: rows(ENTRIES, arguments.seeds),
            trainings.TABLE: training_rows(ENTRIES, max(SEEDS, arguments.seeds)),
        }
        for name, lines in files.items():
            if lines:
                measure.write(name, lines)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())

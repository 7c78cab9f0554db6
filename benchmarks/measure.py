"""What the benchmarks share: fair timing, the machine in words, result files."""

import csv
import datetime
import gc
import importlib.metadata
import json
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


QUIET = 0.1
"""Share of the processors' time that other processes may take during a round that counts."""


class Disturbance:
    """How much of the processors' time other processes take, from its making on."""

    def __init__(self) -> None:
        self._every, self._own = self._spent()
        self._start = time.perf_counter()

    @staticmethod
    def _spent() -> tuple[float, float]:
        """Seconds that all processes, and this one, have computed."""
        import psutil

        every = psutil.cpu_times()
        return every.user + every.system, sum(os.times()[:2])

    def share(self) -> float:
        """0 (nothing else ran) to 1 (others took every core)."""
        every, own = self._spent()
        available = (time.perf_counter() - self._start) * (os.cpu_count() or 1)
        others = (every - self._every) - (own - self._own)
        return min(1.0, max(0.0, others / available))


@dataclass(frozen=True)
class Timing:
    """What `interleaved` measured.

    Attributes:
        milliseconds: of each contestant, the median over the rounds that count.
        repeated: how many rounds were disturbed and run again.
        others_busy: share of the processors' time that other processes took in the rounds that count.
    """

    milliseconds: dict[str, float]
    repeated: int
    others_busy: float


def interleaved(
    contestants: Mapping[str, Callable[[], object]],
    rounds: int,
    *,
    warm_up: int = 2,
    patience: float = 60,
) -> Timing:
    """Time contestants against each other, one call of each in every round.

    The order is drawn anew for each round (the same draws in every run), so that a contestant whose
    threads keep spinning for a while does not always disturb the same one after it. A round in which
    other processes took more than `QUIET` of the processors is run again, whatever it measured:
    threads of one pass wait for each other, so one that is held up holds up all.

    Args:
        contestants: by name, each a call without arguments.
        rounds: that count.
        warm_up: rounds before them that do not.
        patience: seconds after which disturbed rounds count all the same.
    """
    draw, order = random.Random(0), list(contestants)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    shares: list[float] = []
    repeated = 0
    deadline = time.monotonic() + patience
    collecting = gc.isenabled()
    gc.disable()
    try:
        while len(shares) < rounds:
            draw.shuffle(order)
            disturbance, spent = Disturbance(), {}
            for name in order:
                start = time.perf_counter()
                contestants[name]()
                spent[name] = 1000 * (time.perf_counter() - start)
            share = disturbance.share()
            gc.collect()
            if warm_up:
                warm_up -= 1
            elif share > QUIET and time.monotonic() < deadline:
                repeated += 1
                time.sleep(0.5)
            else:
                shares.append(share)
                for name, value in spent.items():
                    times[name].append(value)
    finally:
        if collecting:
            gc.enable()
    medians = {name: statistics.median(values) for name, values in times.items()}
    return Timing(medians, repeated, round(statistics.mean(shares), 3))


def processor() -> str:
    """The processor as its maker calls it, where the system tells."""
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def machine() -> str:
    """Processor, cores and system of this machine, without its name."""
    return f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def versions(packages: Iterable[str]) -> str:
    """Python's version and those of the installed ones among `packages`: "python 3.11, torch 2.9"."""
    found = [f"python {platform.python_version()}"]
    for name in packages:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def circumstances(packages: Iterable[str]) -> dict[str, str]:
    """Where, with what and when."""
    return {
        "machine": machine(),
        "versions": versions(packages),
        "date": datetime.date.today().isoformat(),
    }


def write(name: str, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows to `benchmarks/results/NAME.csv` and tell on standard error."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    say(f"Written to {path.relative_to(RESULTS.parents[1])}")
    return path


def read(name: str) -> list[dict[str, str]]:
    """The rows of `benchmarks/results/NAME.csv`; none where it has not been written."""
    path = RESULTS / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(rows: Sequence[Sequence[object]], *, left: int = 1) -> str:
    """Rows of cells as a Markdown table that also reads well as plain text.

    Args:
        rows: the first one is the head.
        left: how many columns stand to the left; the others, numbers, stand to the right.
    """
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        [
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in cells
    ]
    rule = ["-" * w if i < left else "-" * (w - 1) + ":" for i, w in enumerate(widths)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))


def conclude(
    name: str,
    result: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    table: str,
    *,
    as_json: bool,
    keep: bool,
) -> int:
    """Print what was measured, and keep its rows where nothing disturbed it.

    Args:
        name: of the result file.
        result: as one object; its `others_busy` is a share, or one by contestant.
        rows: for the file.
        table: for people.
        as_json: print the object in the place of the table.
        keep: write the file.

    Returns:
        the exit status: 1 where the machine was too busy for figures worth keeping.
    """
    print(json.dumps(result, indent=1) if as_json else table)
    if keep:
        busy = result["others_busy"]
        if (max(busy.values()) if isinstance(busy, Mapping) else busy) > QUIET:
            say("Not written: other processes disturbed the measurement. Try again later.")
            return 1
        write(name, rows)
    return 0


def say(sentence: str) -> None:
    """Progress and remarks, kept off standard output."""
    print(sentence, file=sys.stderr, flush=True)

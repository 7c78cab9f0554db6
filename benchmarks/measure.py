"""What the benchmarks share: fair timing, the machine in words, result files."""

import csv
import datetime
import gc
import importlib.metadata
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def interleaved(
    contestants: Mapping[str, Callable[[], object]], rounds: int, *, warm_up: int = 2
) -> dict[str, list[float]]:
    """Time contestants against each other, one call of each in every round.

    The order is drawn anew for each round (the same draws in every run), so that a contestant whose
    threads keep spinning for a while does not always disturb the same one after it.

    Args:
        contestants: by name, each a call without arguments.
        rounds: that count.
        warm_up: rounds before them that do not.

    Returns:
        milliseconds of each contestant, one a round.
    """
    draw, order = random.Random(0), list(contestants)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for number in range(-warm_up, rounds):
            draw.shuffle(order)
            for name in order:
                start = time.perf_counter()
                contestants[name]()
                spent = time.perf_counter() - start
                if number >= 0:
                    times[name].append(1000 * spent)
            gc.collect()
    finally:
        if collecting:
            gc.enable()
    return times


def medians(times: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The median of each contestant."""
    return {name: statistics.median(values) for name, values in times.items()}


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


class Disturbance:
    """How much of the processors' time other processes take, from its making on.

    Timings on a busy machine are worth little: threads of one pass wait for each other, so one that is
    held up holds up all. The figure is kept with the results.
    """

    def __init__(self) -> None:
        self._all, self._own, self._start = *self._spent(), time.perf_counter()

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
        others = (every - self._all) - (own - self._own)
        return round(min(1.0, max(0.0, others / available)), 3)


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


def say(sentence: str) -> None:
    """Progress and remarks, kept off standard output."""
    print(sentence, file=sys.stderr, flush=True)

"""A class of thirty: each brings a 12-megapixel photograph, changes ten controls, starts one training.

    python -m benchmarks.classroom [--students 30] [--pause 5] [--trainings 2] [--json] [--write]

The server is started by `wsl serve`; the students are WebSocket visitors without a browser on the same
machine, so that their own work is part of the times. A repaint lasts from the change that is sent to the end
of the page's run that answers it. The photographs all differ. A training is watched in a second tab until its
student leaves. Memory is the server's own, without its workers: after one visitor has warmed it up, at the
most, and after all have left. What was kept for them is let go a few minutes after the last tab is closed.

`results/classroom.csv` has one row.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks import measure
from benchmarks.classroom_students import Lesson, Student, photograph, together
from benchmarks.serving import Server, serve
from wsl_core import networks

PACKAGES = ("streamlit", "openvino", "numpy", "pillow")
STUDENTS, PAUSE, TRAININGS = 30, 5.0, 2
SIZE = (4000, 3000)
PATIENCE = 420.0  # seconds until what was in memory for the class must be gone
LOOK = 0.25  # seconds between two looks at the memory


@dataclass
class Watched:
    """Memory while the class is there, in MB (10**6 bytes).

    Attributes:
        most: of the server alone.
        workers: of its workers together, at the most.
        busy: share of the processors' time that others took than server, students, and what gives way to
            them, as trainings do.
    """

    most: float = 0.0
    workers: float = 0.0
    busy: float = 0.0


def _workers(server: Server) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return list(server.process.children(recursive=True))
    return []


@contextmanager
def watched(server: Server) -> Iterator[Watched]:
    """Look at server and workers again and again until the block ends."""
    seen, over = Watched(), threading.Event()

    def look() -> None:
        while not over.wait(LOOK):
            seen.most = max(seen.most, server.megabytes())
            seen.workers = max(seen.workers, sum(map(_megabytes, _workers(server))))

    watching = threading.Thread(target=look)
    disturbance, spent, start = measure.Disturbance(), _computed(server), time.perf_counter()
    watching.start()
    try:
        yield seen
    finally:
        available = (time.perf_counter() - start) * (os.cpu_count() or 1)
        share = disturbance.share() - (_computed(server) - spent) / available
        seen.busy = max(0.0, share)
        over.set()
        watching.join()


def _megabytes(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        return float(process.memory_info().rss / 1e6)
    return 0.0


def _computed(server: Server) -> float:
    """Seconds that the server has computed."""
    times = server.process.cpu_times()
    return float(times.user + times.system)


def settled(server: Server, least: float, patience: float) -> float:
    """MB of the server once it is at most `least`, or has not been for `patience` seconds."""
    end = time.monotonic() + patience
    while server.megabytes() > least and time.monotonic() < end:
        time.sleep(1)
    return server.megabytes()


def lesson(server: Server, asked: argparse.Namespace) -> dict[str, Any]:
    """The class, from the visitor that warms the server up to the memory afterwards."""
    size = (asked.width, asked.width * 3 // 4)
    measure.say("Taking photographs …")
    photos = [photograph(number, size) for number in range(asked.students + 1)]
    warm_up = Lesson(server.url, 1, 0.2)
    asyncio.run(together(warm_up, photos[:1]))
    before = server.megabytes()
    measure.say(f"{asked.students} students …")
    with watched(server) as seen:
        students = asyncio.run(
            together(Lesson(server.url, asked.students, asked.pause), photos[1:])
        )
    measure.say("All have left; memory …")
    after = settled(server, before * asked.at_most, asked.patience)
    return figures(students, photos[1:]) | {
        "memory_before_mb": round(before),
        "memory_most_mb": round(seen.most),
        "memory_after_mb": round(after),
        "memory_ratio_after": round(after / before, 2),
        "workers_most_mb": round(seen.workers),
        "others_busy": round(seen.busy, 3),
    }


def figures(students: Sequence[Student], photos: Sequence[bytes]) -> dict[str, Any]:
    """What the students met, together."""
    repaints = sorted(one for student in students for one in student.repaints_s) or [0.0]
    wrong = [error for student in students for error in student.errors]
    for sentence in sorted(set(wrong)):
        measure.say(f"{wrong.count(sentence)} x {sentence}")
    return {
        "median_repaint_s": round(statistics.median(repaints), 3),
        "p95_repaint_s": round(repaints[int(0.95 * (len(repaints) - 1))], 3),
        "slowest_repaint_s": round(repaints[-1], 3),
        "median_upload_s": round(statistics.median(one.upload_s for one in students), 2),
        "slowest_upload_s": round(max(one.upload_s for one in students), 2),
        "errors": len(wrong),
        "repaints": sum(len(one.repaints_s) for one in students),
        "trainings_started": sum(bool(one.run) for one in students),
        "photograph_mb": round(statistics.mean(map(len, photos)) / 1e6, 1),
        "received_mb": round(sum(one.received for one in students) / 1e6),
    }


def measured(asked: argparse.Namespace) -> dict[str, Any]:
    """Every figure, with where and when; trainings that were started are not waited for."""
    networks.load()  # exported before, as on every start but the first
    with tempfile.TemporaryDirectory() as runs:
        # Under this name nothing is found of what others have trained.
        with serve(
            command=("wsl_core", "serve", "--address", "127.0.0.1", "--trainings", asked.trainings),
            WSL_RUNS=runs,
        ) as server:
            try:
                found = lesson(server, asked)
            finally:
                left = _workers(server)
        for worker in left:  # they would go on with the run that they are at
            with suppress(psutil.Error):
                worker.kill()
                worker.wait(10)
    facts = {
        "students": asked.students,
        "pause_s": asked.pause,
        "trainings_at_a_time": asked.trainings,
    }
    return facts | found | measure.circumstances(PACKAGES)


def parser() -> argparse.ArgumentParser:
    """Of the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--students", type=int, default=STUDENTS)
    parser.add_argument("--pause", type=float, default=PAUSE, help="mean seconds between changes")
    parser.add_argument("--trainings", type=int, default=TRAININGS, help="at a time")
    parser.add_argument("--width", type=int, default=SIZE[0], help="of the photographs, in pixels")
    parser.add_argument("--at-most", type=float, default=1.1, help="ratio of memory to wait for")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds to wait for it")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument(
        "--write", action="store_true", help="keep the figures in results/classroom.csv"
    )
    return parser


def main() -> int:
    """Measure, print, and write if asked."""
    given = parser().parse_args()
    found = measured(given)
    table = measure.table([["figure", "value"], *([name, value] for name, value in found.items())])
    return measure.conclude(
        "classroom", found, [found], table, as_json=given.json, keep=given.write
    )


if __name__ == "__main__":
    raise SystemExit(main())

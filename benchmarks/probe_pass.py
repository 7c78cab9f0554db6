"""What tapping all layers costs: one pass with every grid, against the plain forward pass, and against
one pass a layer.

    python -m benchmarks.probe_pass --json

Both see the same batches on the default runtime. Plain is the network's own pooled features; the probe pass
gives every tap in both poolings, in half precision. Rounds are interleaved. Ratios are those of processor
time, which other processes disturb least, and of the clock.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks import measure as measuring
from wsl_core import networks
from wsl_core.networks.network import BATCH
from wsl_core.transfer.probes.taps import Tapping

NAME = "probe_pass"
PACKAGES = ("openvino", "numpy")
SIZE, ROUNDS = 257, 20
FORWARD, TAPPED, APART = "forward", "all taps in one pass", "one pass a layer"


def measure() -> float:
    """The ratio of processor time, for `benchmarks.transfer`."""
    return float(figures()["probe_pass_over_forward"])


def figures(rounds: int = ROUNDS) -> dict[str, Any]:
    """Times of a batch, and the ratios; `probe_pass_over_forward` is that of processor time."""
    network = networks.load()
    tapping = Tapping(network, SIZE)
    shape = (BATCH, tapping.side, tapping.side, 3)
    batch = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    contestants: dict[str, Callable[[], object]] = {
        FORWARD: lambda: network.pooled(batch),
        TAPPED: lambda: tapping.values(batch),
        APART: lambda: [network.features(batch, (tap,)) for tap in network.card.taps],
    }
    for one in contestants.values():  # each shape and set of taps is compiled once
        one()
    draw, order = random.Random(0), list(contestants)
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    disturbance = measuring.Disturbance()
    for _ in range(rounds):
        draw.shuffle(order)
        for name in order:
            begun, clock = time.process_time(), time.perf_counter()
            contestants[name]()
            spent[name].append((time.process_time() - begun, time.perf_counter() - clock))
    cpu, wall = (
        {name: statistics.median(one[k] for one in pairs) for name, pairs in spent.items()}
        for k in (0, 1)
    )
    return {
        "probe_pass_over_forward": round(cpu[TAPPED] / cpu[FORWARD], 3),
        "probe_pass_over_forward_wall": round(wall[TAPPED] / wall[FORWARD], 3),
        "pass_a_layer_over_forward": round(cpu[APART] / cpu[FORWARD], 3),
        "pass_a_layer_over_forward_wall": round(wall[APART] / wall[FORWARD], 3),
        "cpu_ms": {name: round(1000 * value / BATCH, 2) for name, value in cpu.items()},
        "wall_ms": {name: round(1000 * value / BATCH, 2) for name, value in wall.items()},
        "network": network.card.name,
        "side": tapping.side,
        "taps": len(tapping.taps),
        "batch": BATCH,
        "rounds": rounds,
        "others_busy": round(disturbance.share(), 3),
    } | measuring.circumstances(PACKAGES)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write", action="store_true", help="keep the figures")
    args = parser.parse_args(argv)
    found = figures(args.rounds)
    rows = [
        {
            "what": name,
            "cpu_ms": found["cpu_ms"][name],
            "wall_ms": found["wall_ms"][name],
            "over_forward_cpu": round(found["cpu_ms"][name] / found["cpu_ms"][FORWARD], 3),
            "over_forward_wall": round(found["wall_ms"][name] / found["wall_ms"][FORWARD], 3),
        }
        | {k: found[k] for k in ("side", "rounds", "others_busy", "date", "machine", "versions")}
        for name in (FORWARD, TAPPED, APART)
    ]
    heading = ("a picture", "processor, ms", "clock, ms", "over forward")
    table = measuring.table(
        [heading, *((r["what"], r["cpu_ms"], r["wall_ms"], r["over_forward_cpu"]) for r in rows)]
    )
    return measuring.conclude(NAME, found, rows, table, as_json=args.json, keep=args.write)


if __name__ == "__main__":
    sys.exit(main())

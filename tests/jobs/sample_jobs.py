"""Jobs for the tests of the worker: it imports this module by name."""

import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from wsl_core.errors import WeightsError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task


def count(task: Task) -> Iterator[Event]:
    to = task.config["to"]
    for i in range(to):
        yield Progress(i / to, task.config.get("text", ""), i, {"half": i / 2})
    yield Result({"to": to})


def double(task: Task) -> Iterator[Event]:
    yield Result(
        {"names": sorted(task.arrays)}, {name: 2 * one for name, one in task.arrays.items()}
    )


def refuse(task: Task) -> Iterator[Event]:
    yield Progress(0.5)
    raise WeightsError("These weights are refused: é, “quotes” and a\nline break.")


def crash(task: Task) -> Iterator[Event]:
    yield Progress(0.5)
    print("hot")
    raise RuntimeError("the disk melted")


def die(task: Task) -> Iterator[Event]:
    yield Progress(0.5)
    os._exit(task.config["status"])


def vanish_in_silence(task: Task) -> Iterator[Event]:
    yield Progress(0.5)
    os.kill(os.getpid(), 9)


def forget_the_result(task: Task) -> Iterator[Event]:
    yield Progress(1.0)


def chatter(task: Task) -> Iterator[Event]:
    """Prints in every way there is, more than a pipe holds, and asks for what is not for it."""
    for i in range(3):
        print("done")
        sys.stdout.flush()
        os.write(1, b"done\n")
        os.system("echo done")
        print("x" * 100_000, file=sys.stderr)
        yield Progress(i / 3)
    yield Result({"read": sys.stdin.read()})


def imported(task: Task) -> Iterator[Event]:
    yield Result({"names": sorted(sys.modules), "main": sys.argv[0]})


def who(task: Task) -> Iterator[Event]:
    import numpy  # noqa: F401 - whose threads are counted
    from threadpoolctl import threadpool_info

    yield Result(
        {
            "pid": os.getpid(),
            "nice": os.nice(0),
            "threads": os.getenv("OMP_NUM_THREADS"),
            "of_products": [one["num_threads"] for one in threadpool_info()],
        }
    )


def hang(task: Task) -> Iterator[Event]:
    """Holds on in a way that leaves Python no chance to look around."""
    yield Progress(0.1)
    match task.config["how"]:
        case "sleep":
            time.sleep(3600)
        case "interpreter lock":
            sum(range(10**12))
        case "numpy":
            import numpy as np

            while True:
                np.sort(np.random.default_rng(0).random(1_000_000))
    yield Result({})


def tidy(task: Task) -> Iterator[Event]:
    """Goes on until it is closed, then tidies up."""
    try:
        while True:
            yield Progress(0.5)
            time.sleep(0.01)
    finally:
        Path(task.config["tidied"]).touch()


def train(task: Task) -> Iterator[Event]:
    """Stochastic gradient descent with momentum; stands still at a step until a file is there."""
    import numpy as np

    config = task.config
    random = np.random.default_rng(config["seed"])
    step, weight, speed = 0, np.zeros(4), np.zeros(4)
    if task.checkpoint is not None:
        step = task.checkpoint.step
        weight, speed = task.checkpoint.arrays["weight"], task.checkpoint.arrays["speed"]
        random.bit_generator.state = task.checkpoint.state["random"]
    while step < config["steps"]:
        if step == config.get("gate_at"):
            while not Path(config["gate"]).exists():
                time.sleep(0.01)
        x = random.standard_normal(4)
        loss = float((weight @ x - x.sum()) ** 2)
        speed = 0.9 * speed - 0.01 * (weight @ x - x.sum()) * x
        weight = weight + speed
        step += 1
        yield Progress(step / config["steps"], "training", step, {"loss": loss})
        if step % config["every"] == 0:
            state = {"random": random.bit_generator.state}
            yield Checkpoint(step, {"weight": weight, "speed": speed}, state)
    yield Result({"steps": step, "from": config["seed"]}, {"weight": weight})


def fill(task: Task) -> Iterator[Event]:
    """Meets a full disk after its first checkpoint, once."""
    import numpy as np

    if task.checkpoint is None:
        yield Progress(0.4, step=1)
        yield Checkpoint(1, {"weight": np.arange(3.0)}, {"note": "whole"})
        match task.config["how"]:
            case "device":  # the kernel's own full device takes the place of the next checkpoint
                (folder,) = Path(task.config["runs"]).iterdir()
                (folder / "checkpoint.safetensors.part").symlink_to("/dev/full")
            case "limit":
                resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
        yield Progress(0.8, step=2)
        yield Checkpoint(2, {"weight": np.ones(100_000)})
    yield Result(task.checkpoint.state, task.checkpoint.arrays)

"""What does a step of domain-adversarial training cost beside a plain loop of the same operations?

    python -m benchmarks.adaptation [--json] [--write] [--rounds 20]

The digit network of Ganin and Lempitsky, 64 labelled and 64 unlabelled pictures of 32 x 32 pixels a step, one
thread. Contestants, each five steps a round:

- this program: `fitting.fitted`, from bytes to updated weights, with the figures that a page is told.
- plain loop: the same layers, batches, losses, reversal and SGD with momentum, written out by hand and with
  nothing around them. Before anything is timed both are seen to give the same losses.
- skada: `skada.deep.DANN` on the same layers by skorch's `train_step`, where both are installed
  (benchmarks/requirements.txt); once with its own domain classifier, once with the paper's.

skada's own domain classifier ends in a softmax over one unit, which is 1 whatever it is given: the gradient
that reaches the features of the domain loss is measured here, too, and is 0 there.

Medians over interleaved rounds. Target: `dann_step_over_plain` at most 1.1.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from benchmarks import measure
from wsl_core.jobs import Progress
from wsl_core.transfer.adaptation import AdaptationParameters, fitting
from wsl_core.transfer.adaptation.schedules import lambda_at, rate_at
from wsl_core.transfer.adaptation.torch_inputs import Order

PACKAGES = ("torch", "numpy", "skada", "skorch")
OURS, PLAIN = "this program", "plain loop"
SKADA, MENDED = "skada, its own domain classifier", "skada, the paper's domain classifier"
BATCH, SIDE, COUNT, STEPS = 64, 32, 2000, 100_000
EACH = fitting.EVERY  # steps a round
OVER_PLAIN = 1.1  # target


@dataclass(frozen=True, eq=False)
class Pictures:
    """Random pictures; what they show does not matter here."""

    values: NDArray[np.uint8]
    labels: NDArray[np.int64]

    @classmethod
    def drawn(cls, seed: int) -> "Pictures":
        """COUNT of them."""
        draw = np.random.default_rng(seed)
        values = draw.integers(0, 256, (COUNT, SIDE, SIDE, 3), dtype=np.uint8)
        return cls(values, draw.integers(0, 10, COUNT))


class Reversal(torch.autograd.Function):
    """Minus lambda times the gradient."""

    @staticmethod
    def forward(context: Any, x: Tensor, weight: float) -> Tensor:
        """As it is."""
        context.weight = weight
        return x.view_as(x)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Turned round."""
        return -context.weight * gradient, None


class InMemoryOrder(nn.Module):
    """(N, C, h, w) flattened without a copy."""

    def forward(self, x: Tensor) -> Tensor:
        """One cell after the other."""
        return x.permute(0, 2, 3, 1).flatten(1)


def layers() -> tuple[nn.Sequential, nn.Sequential, nn.Sequential]:
    """Maps, label classifier and domain classifier of the paper."""
    maps = nn.Sequential(
        nn.Conv2d(3, 32, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 48, 5), nn.ReLU(), nn.MaxPool2d(2), InMemoryOrder(),
    )  # fmt: skip
    labels = nn.Sequential(
        nn.Linear(1200, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 10)
    )
    domain = nn.Sequential(nn.Linear(1200, 100), nn.ReLU(), nn.Linear(100, 1))
    return maps.to(memory_format=torch.channels_last), labels, domain


def ours(source: Pictures, target: Pictures) -> tuple[fitting.Learner, Callable[[], float]]:
    """The learner, and five steps of its training; the loss of the last."""
    how = AdaptationParameters(
        method="dann", network="paper", batch=BATCH, steps=STEPS, interval=STEPS
    ).settled()
    learner = fitting.learner_for(source, target, how)

    def told() -> Iterator[float]:
        number = 0
        while True:
            number += 1
            measured = number % EACH == 0
            figures = learner.advance(number - 1, measured=measured)
            if measured:
                yield Progress(number / STEPS, "training", number, figures).figures["loss"]

    events = told()
    return learner, lambda: next(events)


def plain(source: Pictures, target: Pictures, start: fitting.Learner) -> Callable[[], float]:
    """Five steps written out by hand, from the same weights; the label loss of the last."""
    maps, labels, domain = layers()
    parts = nn.ModuleList([maps, labels, domain])
    network, judge = start.network, start.parts["domain"]
    begun = [*network.maps.parameters(), *network.hidden.parameters(), *network.output.parameters()]
    with torch.no_grad():
        for mine, theirs in zip(parts.parameters(), [*begun, *judge.parameters()], strict=True):
            mine.copy_(theirs)
    weights = list(parts.parameters())
    velocities = [torch.zeros_like(one) for one in weights]
    means = [
        torch.tensor(one.values.mean((0, 1, 2)) / 255, dtype=torch.float32)[:, None, None]
        for one in (source, target)
    ]
    names = torch.tensor(source.labels)
    orders = [Order(COUNT, 0, domain) for domain in (0, 1)]
    number = 0

    def batch(which: int, chosen: NDArray[np.int64]) -> Tensor:
        pictures = torch.from_numpy((source, target)[which].values[chosen])
        return pictures.permute(0, 3, 1, 2).float().div_(255) - means[which]

    def steps() -> float:
        nonlocal number
        for _ in range(EACH):
            chosen = [order.batch(number, BATCH) for order in orders]
            own = maps(batch(0, chosen[0]))
            loss = functional.cross_entropy(labels(own), names[torch.from_numpy(chosen[0])])
            both = torch.cat([own, maps(batch(1, chosen[1]))])
            verdicts = domain(Reversal.apply(both, lambda_at(number / STEPS)))
            right, wrong = verdicts[:BATCH], verdicts[BATCH:]
            domain_loss = functional.softplus(-right).mean() + functional.softplus(wrong).mean()
            (loss + domain_loss).backward()
            rate = rate_at(number / STEPS, 0.01, "paper")
            with torch.no_grad():
                for weight, velocity in zip(weights, velocities, strict=True):
                    velocity.mul_(0.9).add_(weight.grad)
                    weight.add_(velocity, alpha=-rate)
                    weight.grad = None
            number += 1
        return loss.item()

    return steps


class Whole(nn.Module):
    """Maps and label classifier as one module, as skada takes them."""

    def __init__(self) -> None:
        super().__init__()
        self.maps, self.labels, _ = layers()

    def forward(self, x: Tensor, sample_weight: Any = None) -> Tensor:
        """(N, 10) scores."""
        scores: Tensor = self.labels(self.maps(x))
        return scores


def skada_steps(
    source: Pictures, target: Pictures, judge: nn.Module | None
) -> tuple[Callable[[], float], float] | None:
    """Five steps of skada's, and the gradient of its domain loss in the features; None without skada."""
    try:
        from skada.deep import DANN
    except ImportError:
        return None
    net = DANN(
        Whole(), layer_name="maps", num_features=1200, domain_classifier=judge, optimizer=torch.optim.SGD,
        lr=0.01, optimizer__momentum=0.9, train_split=None, verbose=0,
    )  # fmt: skip
    net.initialize()
    both = torch.cat(
        [torch.from_numpy(one.values[:BATCH]).permute(0, 3, 1, 2).float() / 255 - 0.5
         for one in (source, target)]
    ).contiguous(memory_format=torch.channels_last)  # fmt: skip
    domains = torch.tensor([1] * BATCH + [-2] * BATCH)
    names = torch.cat([torch.tensor(source.labels[:BATCH]), torch.full((BATCH,), -1)])
    batch = ({"X": both, "sample_domain": domains}, names)

    features = torch.rand(2 * BATCH, 1200, requires_grad=True)
    verdicts = net.module_.domain_classifier_(features)
    net.criterion_.adapt_criterion(
        domain_pred_s=verdicts[:BATCH], domain_pred_t=verdicts[BATCH:], y_s=None, y_pred_s=None,
        y_pred_t=None, features_s=None, features_t=None, sample_idx_s=None, sample_idx_t=None,
    ).backward()  # fmt: skip
    assert features.grad is not None

    def steps() -> float:
        for _ in range(EACH):
            found = net.train_step(batch)
        return float(found["loss"].item())

    return steps, float(features.grad.norm())


class Judge(nn.Module):
    """The paper's domain classifier behind skada's reversal layer, with probabilities as its loss wants."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(layers()[2], nn.Sigmoid())

    def forward(self, x: Tensor, sample_weight: Any = None) -> Tensor:
        """(N,) probabilities."""
        verdicts: Tensor = self.layers(Reversal.apply(x, 1.0)).squeeze(1)
        return verdicts


def run(rounds: int, patience: float) -> dict[str, Any]:
    """All measurements as the object that `--json` prints."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    source, target = Pictures.drawn(0), Pictures.drawn(1)
    learner, own = ours(source, target)
    by_hand = plain(source, target, learner)
    differences = [abs(own() - by_hand()) for _ in range(3)]
    if max(differences) > 1e-4:
        raise SystemExit(f"The losses of both loops differ by {max(differences):.2g}.")
    contestants: dict[str, Callable[[], object]] = {OURS: own, PLAIN: by_hand}
    gradients: dict[str, float | None] = {SKADA: None, MENDED: None}
    for name, judge in ((SKADA, None), (MENDED, Judge())):
        if found := skada_steps(source, target, judge):
            contestants[name], gradients[name] = found
    timing = measure.interleaved(contestants, rounds, patience=patience)
    milliseconds = {name: round(value / EACH, 2) for name, value in timing.milliseconds.items()}
    return {
        "dann_step_over_plain": round(milliseconds[OURS] / milliseconds[PLAIN], 3),
        "target_over_plain": OVER_PLAIN,
        "milliseconds": milliseconds,
        "skada_feature_gradient": gradients[SKADA],
        "skada_note": "its own domain classifier ends in a softmax over one unit: no gradient of the domain "
        "loss reaches the features, and DANN is source only",
        "largest_difference": float(f"{max(differences):.2g}"),
        "network": "digits",
        "side": SIDE,
        "batch": BATCH,
        "rounds": rounds,
        "threads": 1,
        "rounds_repeated": timing.repeated,
        "others_busy": timing.others_busy,
        **measure.circumstances(PACKAGES),
    }


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a contestant, with the circumstances in every row."""
    shared = ("skada_feature_gradient", "network", "side", "batch", "rounds", "threads", "rounds_repeated",
              "others_busy", "date", "machine", "versions")  # fmt: skip
    least = result["milliseconds"][PLAIN]
    return [
        {"contestant": name, "milliseconds": value, "over_plain": round(value / least, 3)}
        | {key: result[key] for key in shared}
        for name, value in result["milliseconds"].items()
    ]


def table(results: list[dict[str, Any]]) -> str:
    """Milliseconds a step, and how many times the plain loop they are."""
    first = results[0]
    head = (f"one step, {first['batch']} + {first['batch']} pictures", "ms", "over plain")
    lines = [
        (row["contestant"], f"{float(row['milliseconds']):.1f}", f"{float(row['over_plain']):.2f}")
        for row in results
    ]
    return measure.table([head, *lines])


def main() -> int:
    """The command line; status 1 where the machine was too busy for figures worth keeping."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adaptation", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument(
        "--write", action="store_true", help="keep benchmarks/results/adaptation.csv"
    )
    parser.add_argument("--rounds", type=int, default=20, help="20 by default")
    parser.add_argument("--patience", type=float, default=120, metavar="SECONDS",
                        help="for running disturbed rounds again; 120 by default")  # fmt: skip
    arguments = parser.parse_args()
    result = run(arguments.rounds, arguments.patience)
    results = rows(result)
    print(json.dumps(result, indent=1) if arguments.json else table(results))
    if arguments.write:
        if result["others_busy"] > measure.QUIET:
            measure.say("Not written: other processes disturbed the measurement. Try again later.")
            return 1
        measure.write("adaptation", results)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Every layer of a network probed on a labelled set; as a job, with a checkpoint after every layer.

    for event in probe_job(jobs.Task({"data": "caltech101", "train": 30, "test": 50})): ...

Features are computed once a picture and kept (see `features`); the products of a layer's pictures once for
all draws, folds and constants. After that every fit is a matter of a second or two.
"""

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.datasets.collection import Collection
from wsl_core.errors import DatasetError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.jobs.configuration import configured
from wsl_core.jobs.parts import told, within
from wsl_core.transfer.probes import protocol, request, taps
from wsl_core.transfer.probes.choosing import Labels, chosen, prepared
from wsl_core.transfer.probes.classifiers import CLASSIFIERS, RIDGE, SOFTMAX, SVM
from wsl_core.transfer.probes.features import Tapped, collect
from wsl_core.transfer.probes.gram import Float32, normalised, products
from wsl_core.transfer.probes.parameters import ProbeParameters
from wsl_core.transfer.probes.protocol import FIXED, Split
from wsl_core.transfer.probes.results import TOGETHER, Fit, Layer, Probes, Shown
from wsl_core.transfer.probes.taps import Tap

MOST = 20_000  # pictures whose products are in memory at a time: 1.6 GB
FEATURES_SHARE = 0.5  # of the work, for the bar


@dataclass(frozen=True, eq=False)
class Setting:
    """All that is the same for every layer.

    Attributes:
        tapped: the pictures.
        labels: of those that take part, in the order of `among`.
        among: (N,) numbers of the pictures that take part.
        splits: draws, and the fixed split where there is one; their numbers are places in `among`.
    """

    tapped: Tapped
    labels: Labels
    among: NDArray[np.int64] = field(repr=False)
    splits: tuple[Split, ...] = field(repr=False)


def probe_job(task: Task) -> Iterator[Event]:
    """Job: probes.

    Config: the fields of `ProbeParameters`; array "archive": the bytes (uint8) of an uploaded zip file.
    Result, facts: those that `Probes.of` takes.

    Raises:
        ParameterError: a config that is none, or a size outside the network's limits.
        DatasetError: pictures, classes or a table that are refused.
        NetworkError: no such network, weights or tap.
    """
    how = configured(ProbeParameters, task.config, "measurement of layers")
    found = request.pictures_of(how, task.arrays)
    request.with_digest(how, found)
    asked = taps.chosen(networks.card(how.network), how.taps)
    yield Progress(0.0, f"loading {how.network}")
    tapping = taps.load(how.network, how.weights, how.size)
    tapped = yield from within(
        0.0, FEATURES_SHARE, collect(tapping, request.identity_of(how), found)
    )
    setting, whole = set_up(how, found, tapped)
    rows = [one for one in tapping.taps if one.name in asked]
    whole = _resumed(task.checkpoint, whole)
    yield from probing(how, setting, rows, whole)


def set_up(how: ProbeParameters, found: Collection, tapped: Tapped) -> tuple[Setting, Probes]:
    """Draws over the pictures that can be read, each pixel-equal group taking part once.

    Raises:
        DatasetError: one class, or one with too few pictures, or more pictures than fit in memory.
    """
    entries = tapped.entries
    classes = protocol.classes_of(entries)
    unique = protocol.distinct(entries, tapped.pixels)
    number = {name: k for k, name in enumerate(classes)}
    labels = np.full(len(entries), -1)
    labels[unique.numbers] = [number[str(entries[i].label)] for i in unique.numbers]
    splits = protocol.draws(labels, classes, how.train, how.test, how.splits, how.seed)
    fixed = protocol.fixed(entries, unique.numbers)
    splits += [fixed] if fixed is not None else []
    among = np.unique(np.concatenate([part for one in splits for part in (one.train, one.test)]))
    if len(among) > MOST:
        raise DatasetError(
            f"{len(among):,} pictures take part in the draws. Accepted are up to {MOST:,}: take fewer "
            f"training pictures, test pictures or draws."
        )
    placed = tuple(
        Split(one.name, np.searchsorted(among, one.train), np.searchsorted(among, one.test))
        for one in splits
    )
    shown = placed[-1] if fixed is not None else placed[0]
    pictures = [entries[i] for i in among[shown.test]]
    whole = Probes(
        data=found.title, network=how.network, weights=how.weights, size=how.size, train=how.train,
        test=how.test, splits=how.splits, seed=how.seed, classes=list(classes), pictures=len(among),
        tests=[len(one.test) for one in placed if one.name != FIXED],
        fixed=None if fixed is None else [len(fixed.train), len(fixed.test)],
        duplicates=unique.duplicates, skipped=tapped.skipped,
        shown=Shown(
            split=shown.name, pictures=[one.name for one in pictures],
            labels=[number[str(one.label)] for one in pictures],
        ),
    )  # fmt: skip
    return Setting(tapped, Labels(labels[among], len(classes)), among, placed), whole


def _resumed(checkpoint: Checkpoint | None, whole: Probes) -> Probes:
    """What an earlier attempt has done on the same pictures."""
    if checkpoint is None:
        return whole
    before = Probes.of(checkpoint.state)
    same = {"layers": [], "gram_s": 0.0, "shown": whole.shown}
    return before if before.model_copy(update=same) == whole else whole


def probing(
    how: ProbeParameters, setting: Setting, rows: list[Tap], whole: Probes
) -> Iterator[Event]:
    """Every layer, and several of them together; the result at last."""
    several = len(rows) > 1
    count, done = len(rows) + several, {one.name for one in whole.layers}
    sums: dict[str, Float32] = {}
    for place, tap in enumerate(rows):
        at = FEATURES_SHARE + (1 - FEATURES_SHARE) * place / count
        span = (1 - FEATURES_SHARE) / count
        yield Progress(at, f"products of {tap.name}")
        begun = time.process_time()
        options = {pooling: _products(setting, f"{tap.name}.{pooling}") for pooling in tap.poolings}
        seconds = time.process_time() - begun
        if several:
            one = next(iter(options.values()))
            plain = one / np.float32(max(np.trace(one), 1e-12))
            for name in ("all", "upper half") if 2 * place >= len(rows) else ("all",):
                sums[name] = sums[name] + plain if name in sums else plain
        if tap.name not in done:
            whole.gram_s += seconds
            layer = Layer(
                name=tap.name, channels=tap.channels, cells=tap.cells, grid=tap.grid,
                values=tap.values,
            )  # fmt: skip
            yield from _probed(how, setting, options, layer, whole, (at, span))
    if several and TOGETHER not in done:
        layer = Layer(name=TOGETHER, channels=0, cells=0, grid=0, values=0)
        at = 1 - (1 - FEATURES_SHARE) / count
        yield from _probed(how, setting, sums, layer, whole, (at, 1 - at))
    yield Result(whole.model_dump(mode="json"))


def _products(setting: Setting, name: str) -> Float32:
    return products(normalised(setting.tapped.rows(name, setting.among)))


def _probed(
    how: ProbeParameters,
    setting: Setting,
    options: Mapping[str, Float32],
    layer: Layer,
    whole: Probes,
    bar: tuple[float, float],
) -> Iterator[Progress | Checkpoint]:
    """One layer in all draws, added to the whole."""
    names = (SOFTMAX, *([SVM] if how.svm else []), RIDGE)
    layer.fits = {name: {} for name in names}
    shown: dict[str, list[int]] = {}
    for number, split in enumerate(setting.splits):
        now = Progress(
            bar[0] + bar[1] * number / len(setting.splits), f"{layer.name}, {split.name}"
        )
        yield now
        truth = setting.labels.numbers[split.test]
        ready = yield from _alive(prepared(options, setting.labels, split.train), now)
        against = ready.whole.space.against(split.test)
        for name in names:
            found = yield from _alive(chosen(CLASSIFIERS[name], ready), now)
            said = found.fitted.scores(against).argmax(axis=1)
            layer.fits[name][split.name] = Fit(
                accuracy=protocol.accuracy(said, truth, setting.labels.classes),
                constant=found.constant,
                pooling=ready.pooling,
                seconds=found.seconds + ready.seconds,
            )
            if whole.shown is not None and split.name == whole.shown.split:
                shown[name] = said.tolist()
        if split.name != FIXED:
            for count in how.examples:
                if count < how.train:
                    rate = yield from _alive(_of_few(setting, options, split, count), now)
                    layer.examples.setdefault(count, []).append(rate)
    whole.layers.append(layer)
    if whole.shown is not None:
        for name, said in shown.items():
            whole.shown.predicted.setdefault(name, {})[layer.name] = said
    yield Checkpoint(len(whole.layers), {}, whole.model_dump(mode="json"))


def _of_few(
    setting: Setting, options: Mapping[str, Float32], split: Split, count: int
) -> Generator[None, None, float]:
    """Accuracy of soft-max on the first few training pictures of each class; all chosen on them."""
    labels = setting.labels
    train = protocol.first_of_each(split.train, labels.numbers, count)
    ready = yield from prepared(options, labels, train)
    found = yield from chosen(CLASSIFIERS[SOFTMAX], ready)
    against = ready.whole.space.against(split.test)
    said = found.fitted.scores(against).argmax(axis=1)
    return protocol.accuracy(said, labels.numbers[split.test], labels.classes)


def _alive(steps: Generator[None, None, Any], now: Progress) -> Generator[Progress, None, Any]:
    """What steps return, while somebody is told after each that there is life in it."""
    return told(steps, lambda _: now)

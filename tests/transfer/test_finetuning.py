"""Strategies: what is frozen stays, what is broken off goes on, what is delivered is what was measured."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.transfer import finetuning_pictures as made
from wsl_core import jobs, networks
from wsl_core.errors import HeadError, ParameterError
from wsl_core.fcn.heads import Head
from wsl_core.images import Photo
from wsl_core.jobs import Checkpoint, Result
from wsl_core.networks import torch_runtime
from wsl_core.transfer.finetuning import STRATEGIES, FineTune, FineTuneParameters, RaceParameters
from wsl_core.transfer.finetuning import plan as plans
from wsl_core.transfer.finetuning.race import raced
from wsl_core.transfer.finetuning.torch_blocks import Blocks, _taken_apart
from wsl_core.transfer.finetuning.torch_fitting import Inputs, fitted

LITE = networks.card(networks.DEFAULT)
NAMES = plans.blocks_of(LITE)


def finished(steps: Any) -> Any:
    """What a generator returns."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def test_frozen_batch_normalisation_stays_bit_for_bit() -> None:
    how = FineTuneParameters(**made.LITE, layers="stem=freeze,stage5=copy,stage7=reset")
    examples = made.bars(how)
    before = Blocks(LITE, 3, plans.parsed(how.layers, NAMES, how.factor))
    inputs = Inputs.of(examples, how)
    seen = inputs.train.pictures([(i, 0) for i in range(len(examples.train))])
    with torch.no_grad():
        wanted = before.below(seen, before.depth)
    after = finished(fitted("layers", inputs)).blocks
    assert before.depth == after.depth == NAMES.index("stage5")
    after.train()  # whatever is asked for
    with torch.no_grad():
        assert torch.equal(after.below(seen, after.depth), wanted)
    norms = {
        name for name, layer in before.named_modules() if isinstance(layer, torch.nn.BatchNorm2d)
    }
    changed = set()
    for (name, old), new in zip(
        before.state_dict().items(), after.state_dict().values(), strict=True
    ):
        if not torch.equal(old, new):
            changed.add(name.split(".")[1] if name.startswith("chain") else "classifier")
            kept = name.rpartition(".")[0] in norms  # of copied blocks it stays
            assert not (name.startswith(("chain.stage5", "chain.stage6")) and kept), name
    assert changed == {"stage5", "stage6", "stage7", "head", "classifier"}


def test_a_block_that_is_frozen_in_the_middle_stays_too() -> None:
    how = FineTuneParameters(**made.LITE, layers="stem=copy,stage1=freeze,head=freeze")
    blocks = Blocks(LITE, 3, plans.parsed(how.layers, NAMES, how.factor))
    blocks.train()
    modes = {
        one.block: {m.training for m in module.modules() if isinstance(m, torch.nn.BatchNorm2d)}
        for one, module in blocks.each()
    }
    assert modes.pop("classifier") == set()
    assert all(mode == {False} for mode in modes.values())
    assert blocks.depth == 0


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != "layers"])
def test_every_strategy_learns_bars(name: str) -> None:
    how = FineTuneParameters(**made.LENET, epochs=40, rate=3e-3)
    found = FineTune(name, how).fit(made.bars(how, 8))
    assert found.accuracy_ > 0.9
    assert found.facts_["counts"] == {"train": 18, "validation": 6, "test": 18}


def test_a_race_that_is_broken_off_ends_where_an_unbroken_one_does() -> None:
    how = RaceParameters(**made.LITE | {"epochs": 2}, strategies="frozen-svm,full,probe-then-tune")
    examples = made.bars(how)
    events = list(raced(how, examples))
    whole = events[-1]
    assert isinstance(whole, Result)
    points = [one for one in events if isinstance(one, Checkpoint)]
    assert len(points) == 4  # after the first, within and after the second, within the third
    for point in points[1], points[3]:
        *_, again = raced(how, examples, point)
        assert isinstance(again, Result)
        for one, other in zip(whole.facts["strategies"], again.facts["strategies"], strict=True):
            assert {**one, "cpu_s": 0} == {**other, "cpu_s": 0}
        assert all(np.array_equal(again.arrays[name], v) for name, v in whole.arrays.items())


def test_what_is_delivered_is_what_was_measured(tmp_path: Path) -> None:
    how = FineTuneParameters(**made.LITE, layers="stem=freeze,stage6=copy,head=reset")
    examples = made.bars(how)
    inputs = Inputs.of(examples, how)
    wanted = finished(fitted("layers", inputs))
    tuned = FineTune("layers", how).fit(examples)
    tuned.save(tmp_path / "head")
    head = Head.load(tmp_path / "head")
    assert head.card.finetuned == ("stage6", "stage7", "head")
    assert head.card.classes == examples.classes
    network = head.network()
    pictures = examples.test.pictures
    scores = np.stack(
        [head.read(network.class_maps(Photo.from_array(one), 33)).scores for one in pictures]
    )
    with torch.no_grad():
        seen = inputs.test.pictures([(i, 0) for i in range(len(pictures))])
        expected = wanted.blocks(seen).numpy()
    np.testing.assert_allclose(scores, expected, atol=2e-2 * np.abs(expected).max())
    right = scores.argmax(1) == examples.test.labels
    assert right.mean() == pytest.approx(tuned.accuracy_, abs=0.06)


def test_two_layers_are_no_head(tmp_path: Path) -> None:
    how = FineTuneParameters(**made.LENET, epochs=2)
    tuned = FineTune("frozen-net", how)
    with pytest.raises(HeadError, match="not trained yet"):
        tuned.save(tmp_path)
    with pytest.raises(HeadError, match="ends in two layers"):
        tuned.fit(made.bars(how)).save(tmp_path)


def test_classes_of_unlike_size_are_weighed_alike() -> None:
    how = FineTuneParameters(**made.LENET)
    inputs = Inputs.of(made.bars(how), how)
    inputs.examples.train.labels[:] = 0
    inputs.examples.train.labels[:3] = [1, 1, 2]
    weights = inputs.weights().numpy()
    count = np.bincount(inputs.examples.train.labels)
    np.testing.assert_allclose(weights * count, (weights * count)[0])
    assert set(
        Inputs.of(inputs.examples, how.model_copy(update={"balance": False})).weights().tolist()
    ) == {1}


def test_plans_are_read() -> None:
    first = plans.parsed("first:3", NAMES, 0.1)
    assert [one.state for one in first] == 3 * ["copy"] + 6 * ["reset"] + ["reset"]
    last = plans.parsed("last:2", NAMES, 0.1)
    assert [one.state for one in last] == 7 * ["reset"] + 2 * ["copy"] + ["reset"]
    assert plans.parsed(plans.written(first), NAMES, 0.1) == first
    small = STRATEGIES["small-rates"].plan(FineTuneParameters(factor=0.2, falling=2), NAMES)
    assert [one.factor for one in small[-3:]] == [0.1, 0.2, 1.0]


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ("stem=melt", "cannot be 'melt'"),
        ("stage9=copy", "no block 'stage9'"),
        ("first:12", "from 0 to 9"),
        ("stem=freeze,classifier=freeze", "nothing is trained"),
        ("classifier=copy,stem=freeze", "1000 classes"),
    ],
)
def test_layers_that_cannot_be_are_refused(layers: str, said: str) -> None:
    how = FineTuneParameters(**made.LITE, layers=layers)
    with pytest.raises(ParameterError, match=said):
        FineTune("layers", how).fit(made.bars(how))


def test_networks_are_taken_apart_at_their_taps() -> None:
    card = networks.card("resnet18")
    chain, last = _taken_apart(card, torch_runtime.classifier(card, random=True))
    assert tuple(chain) == ("conv1", "layer1", "layer2", "layer3", "layer4")
    assert last.out_features == 1000
    card = networks.card("mobilenet_v3_large")
    with pytest.raises(ParameterError, match="no chain of blocks"):
        _taken_apart(card, torch_runtime.without_values(card))


def test_a_strategy_that_there_is_not_is_refused() -> None:
    with pytest.raises(ParameterError, match="Did you mean scratch"):
        FineTune("scrach")
    with pytest.raises(ParameterError, match="rate 7 is not accepted"):
        FineTune("full", rate=7)


def test_the_job_races(tmp_path: Path) -> None:
    from wsl_core.transfer.finetuning.race import race

    config = {"data": str(made.folders(tmp_path / "set")), "strategies": ["frozen-svm"], "train": 4,
              "views": 2, "size": 65}  # fmt: skip
    *_, result = race(jobs.Task(config))
    assert isinstance(result, Result)
    (one,) = result.facts["strategies"]
    assert one["accuracy"] == 1.0
    assert result.facts["counts"] == {"train": 9, "validation": 3, "test": 3}


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (program,) = (
        one for one in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "FineTune" in one
    )
    root = made.folders(tmp_path / "my-pictures")
    program = program.replace('"my-pictures"', repr(str(root))).replace("train=10", "train=3")
    program = program.replace('"my-head"', repr(str(tmp_path / "my-head")))
    program = program.replace("seed=1", "seed=1, epochs=1, size=65, views=1")
    exec(compile(program, "README", "exec"), {})
    assert Head.load(tmp_path / "my-head").card.classes == ("dots", "rings", "stripes")

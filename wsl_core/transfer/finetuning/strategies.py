"""The strategies, in the lecture's order: menus, command line, documentation and tests iterate them."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from wsl_core.errors import ParameterError
from wsl_core.transfer.finetuning import plan as plans
from wsl_core.transfer.finetuning.parameters import FineTuneParameters
from wsl_core.transfer.finetuning.plan import Plan

Classifier = Literal["svm", "net", "linear"]


@dataclass(frozen=True)
class StrategyCard:
    """A strategy.

    Attributes:
        name: of the strategy.
        title: for people.
        sentence: what is done.
        source: where it comes from.
        plan: what happens to every block, from the parameters and the blocks' names.
        classifier: what reads the features: a linear SVM, a small deep net, or a linear layer.
        rate: largest learning rate where none is given.
        epochs: where none are given.
        patience: epochs without a better one on the validation part after which it stops.
        probe: epochs in which the classifier is trained alone before.
    """

    name: str
    title: str
    sentence: str
    source: str
    plan: Callable[[FineTuneParameters, Sequence[str]], Plan]
    classifier: Classifier = "linear"
    rate: float = 1e-3
    epochs: int = 12
    patience: int = 4
    probe: int = 0


def _frozen(_: FineTuneParameters, names: Sequence[str]) -> Plan:
    return plans.frozen(names)


def _full(_: FineTuneParameters, names: Sequence[str]) -> Plan:
    return plans.moving(names, "copy", 1.0, normalise=True)


def _small(how: FineTuneParameters, names: Sequence[str]) -> Plan:
    return plans.moving(names, "copy", how.factor, how.falling, normalise=False)


def _layers(how: FineTuneParameters, names: Sequence[str]) -> Plan:
    return plans.parsed(how.layers or f"first:{(len(names) - 1) // 2}", names, how.factor)


def _scratch(_: FineTuneParameters, names: Sequence[str]) -> Plan:
    return plans.moving(names, "reset", 1.0, normalise=True)


_CARDS = (
    StrategyCard(
        "frozen-svm",
        "Frozen features, linear SVM",
        "The network is left as it is; a linear support vector machine reads its pooled features.",
        "A. S. Razavian et al., CVPR Workshops 2014",
        _frozen,
        "svm",
    ),
    StrategyCard(
        "frozen-net",
        "Frozen features, small deep net",
        "The network is left as it is; two layers with dropout between them read its pooled features.",
        "J. Donahue et al., ICML 2014",
        _frozen,
        "net",
        rate=1e-3,
        epochs=60,
        patience=15,
    ),
    StrategyCard(
        "full",
        "Everything at full rate",
        "All layers are trained at the rate of the new classifier, batch normalisation included.",
        "the lecture's warning",
        _full,
        epochs=16,
    ),
    StrategyCard(
        "small-rates",
        "Everything at small rates",
        "All layers are trained, the copied ones at a small share of the classifier's rate, lower ones at "
        "less.",
        "J. Howard and S. Ruder, ACL 2018",
        _small,
    ),
    StrategyCard(
        "probe-then-tune",
        "Probe, then fine-tune",
        "First the classifier alone on frozen features, then all layers at small rates.",
        "A. Kumar et al., ICLR 2022 (LP-FT)",
        _small,
        epochs=8,
        probe=40,
    ),
    StrategyCard(
        "layers",
        "Layer transfer",
        "Some blocks are copied and frozen, some copied and trained further, the others begun anew.",
        "J. Yosinski et al., NIPS 2014",
        _layers,
    ),
    StrategyCard(
        "scratch",
        "From scratch",
        "All weights begin at random, as if there were no network to copy from.",
        "the comparison",
        _scratch,
        epochs=30,
        patience=12,
    ),
)
STRATEGIES = {one.name: one for one in _CARDS}


def strategy(name: str) -> StrategyCard:
    """The card of a strategy.

    Raises:
        ParameterError: there is none of this name.
    """
    if name not in STRATEGIES:
        near = difflib.get_close_matches(name, STRATEGIES, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise ParameterError(
            f"There is no strategy {name!r}.{meant} There are: {', '.join(STRATEGIES)}."
        )
    return STRATEGIES[name]

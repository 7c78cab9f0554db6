"""The Fine-tuning page in Python; a test runs what needs no folder of one's own."""

from wsl_core.transfer.finetuning import RaceParameters

RACE = """\
from wsl_core.transfer.finetuning.finished import shipped_race

race = shipped_race()
for name, accuracy in race.accuracies().items():
    print(f"{name:16} {accuracy.mean:.1%}")
"""
CASE = """\
from wsl_core.transfer.finetuning.finished import shipped_cases

for setup, accuracy in shipped_cases().accuracies({case!r}).items():
    print(f"{{setup:28}} {{accuracy.mean:.1%}}")
"""
LAYERS = """\
from wsl_core.transfer.finetuning import FineTune, cases

how = cases.parameters({layers!r}, seed={seed})
tuned = FineTune("layers", how).fit(cases.examples({case!r}, how))
print(f"{{tuned.accuracy_:.1%}} of the test digits, after {{len(tuned.curve_)}} epochs")
"""
OWN = """\
from wsl_core.transfer.finetuning import FineTune

# my-pictures holds a folder a class
for name in {strategies!r}:
    tuned = FineTune(name, seed={seed}{layers}).fit("my-pictures", train={train})
    print(f"{{name:16}} {{tuned.accuracy_:.1%}}")
tuned.save("my-head")  # for wsl_core.fcn.heads.Head.load and wsl heatmap --head
"""


def finished_race() -> str:
    """The shipped race."""
    return RACE


def finished_case(case: str) -> str:
    """A shipped case."""
    return CASE.format(case=case)


def layers(case: str, chosen: str, seed: int) -> str:
    """A training of LeNet."""
    return LAYERS.format(case=case, layers=chosen, seed=seed)


def own(how: RaceParameters) -> str:
    """A race on one's own pictures."""
    # The last one is kept, so one that makes a head comes last.
    names = sorted(how.strategies, key=lambda name: name in ("small-rates", "probe-then-tune"))
    words = f", layers={how.layers!r}" if how.layers else ""
    return OWN.format(strategies=tuple(names), seed=how.seed, layers=words, train=how.train)

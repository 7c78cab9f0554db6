"""Fine-tuning: what is done with a trained network when one's own classes have few pictures.

`FineTune("probe-then-tune").fit(examples)` trains one strategy of `STRATEGIES` in this process; a race of
several on the same pictures is the job `JOB`. What needs torch is in modules that only workers import.
"""

from wsl_core.transfer.finetuning.fine_tune import FineTune
from wsl_core.transfer.finetuning.parameters import FineTuneParameters, RaceParameters
from wsl_core.transfer.finetuning.strategies import STRATEGIES, strategy

JOB = "wsl_core.transfer.finetuning.race:race"
CASE_JOB = "wsl_core.transfer.finetuning.torch_cases:case_job"

__all__ = [
    "CASE_JOB",
    "JOB",
    "STRATEGIES",
    "FineTune",
    "FineTuneParameters",
    "RaceParameters",
    "strategy",
]

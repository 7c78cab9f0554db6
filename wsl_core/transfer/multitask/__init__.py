"""Multitask learning: several tasks on the same pictures, with a shared trunk and private branches.

`TASK_SETS` lists pictures with several labels each, `MultitaskParameters` what can be chosen;
`training.compared(request)` trains each task alone and all together, `training.compare` is the same as a job.
What needs torch is in modules that only workers import (R. Caruana, Machine Learning 28, 1997).
"""

from wsl_core.transfer.multitask.parameters import MultitaskParameters
from wsl_core.transfer.multitask.request import Request
from wsl_core.transfer.multitask.task_sets import TASK_SETS, Task, TaskSetCard, card

JOB = "wsl_core.transfer.multitask.training:compare"

__all__ = ["JOB", "TASK_SETS", "MultitaskParameters", "Request", "Task", "TaskSetCard", "card"]

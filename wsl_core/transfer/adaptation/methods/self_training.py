"""Self-training with an averaged teacher, on top of DANN; imported in workers only.

The teacher is a moving average of the network (French et al., 2018). From a share of the steps on it names
the target pictures of a step as they are; where its probability reaches the confidence (Sohn et al., 2020),
the network learns that name on a strongly changed view of the same picture. The teacher is what is kept.
"""

import copy

import torch
from torch import Tensor
from torch.nn import functional

from wsl_core.transfer.adaptation.contract import TARGET
from wsl_core.transfer.adaptation.methods.dann import DANN
from wsl_core.transfer.adaptation.methods.source_only import SourceOnly
from wsl_core.transfer.adaptation.torch_adapted import AdaptedNetwork
from wsl_core.transfer.adaptation.torch_learner import Figures

STRONG = 2  # strongly changed views have statistics of their own, and leave the target's alone


class SelfTraining(DANN):
    """DANN, or source only where `adversarial` is off, and the teacher's names."""

    domains = 3

    def begin(self) -> None:
        """The teacher begins as the network."""
        self.teacher = copy.deepcopy(self.network)
        if self.how.adversarial:
            super().begin()
        else:
            SourceOnly.begin(self)
        self.teacher.requires_grad_(requires_grad=False)
        self.parts["teacher"] = self.teacher

    def step(self, number: int, *, measured: bool) -> Figures:
        """An update of the network, then of the teacher."""
        self.teacher.eval()
        figures = super().step(number, measured=measured)
        self._follow(number)
        return figures

    def losses(self, number: int, *, measured: bool) -> tuple[Tensor, Figures]:
        """Those of DANN, and the cross-entropy of the teacher's confident names."""
        if self.how.adversarial:
            loss, figures = super().losses(number, measured=measured)
        else:
            loss, figures = SourceOnly.losses(self, number, measured=measured)
            with torch.no_grad():  # so that the target's statistics are measured
                self.network.maps(self.problem.target_batch(number), TARGET)
        if self.progress(number) < self.how.teacher_from:
            return loss, figures
        with torch.no_grad():
            named = self.teacher(self.problem.target_batch(number), TARGET).softmax(1)
        probability, name = named.max(1)
        sure = (probability >= self.how.confidence).float()
        strong = self.network(self.problem.strong_batch(number), STRONG)
        each = functional.cross_entropy(strong, name, reduction="none")
        taught = (each * sure).mean()
        figures |= {"teacher_loss": taught.item(), "teacher_sure": sure.mean().item()}
        return loss + self.how.teacher_weight * taught, figures

    def measures(self) -> Figures:
        """Those of DANN."""
        return super().measures() if self.how.adversarial else {}

    @torch.no_grad()
    def _follow(self, number: int) -> None:
        """Move the teacher towards the network; faster at first, when its start still weighs much."""
        keep = min(self.how.teacher_average, (1 + number) / (10 + number))
        students = self.network.state_dict()
        for name, value in self.teacher.state_dict().items():
            value.lerp_(students[name], 1 - keep)

    def adapted(self) -> AdaptedNetwork:
        """The teacher, read with the target's mean and statistics."""
        return AdaptedNetwork(self.teacher, self.how.architecture, self.problem.inputs)

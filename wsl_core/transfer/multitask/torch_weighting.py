"""How losses are weighted: by fixed numbers, or by uncertainties that are learned.

    exp(-s_t) L_t + s_t / 2,   s_t = log sigma_t^2     Kendall, Gal, Cipolla, CVPR 2018, for classification

The weight exp(-s) that is best for a loss that stays at L is 1 / (2 L).
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from wsl_core.transfer.multitask.parameters import MultitaskParameters


class Weighting(nn.Module):
    """Weights of the losses.

    Attributes:
        log_variances: s by task; without entries where weights are fixed.
        fixed: by task.
    """

    def __init__(self, tasks: tuple[str, ...], how: MultitaskParameters) -> None:
        """All learned weights begin at 1."""
        super().__init__()
        learned = how.weighting == "uncertainty"
        self.limit = how.limit
        self.log_variances = nn.ParameterDict(
            {name: nn.Parameter(torch.zeros(())) for name in tasks} if learned else {}
        )
        others = max(1, len(tasks) - 1)
        self.fixed = {
            name: 1.0 if len(tasks) == 1 else
            len(tasks) * (how.balance if place == 0 else (1 - how.balance) / others)
            for place, name in enumerate(tasks)
        }  # fmt: skip

    def forward(self, losses: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Each task's part of the whole loss."""
        if not len(self.log_variances):
            return {name: self.fixed[name] * loss for name, loss in losses.items()}
        return {
            name: torch.exp(-self.log_variances[name]) * loss + self.log_variances[name] / 2
            for name, loss in losses.items()
        }

    @torch.no_grad()
    def clamp(self) -> None:
        """Keep the learned ones within their limit."""
        for one in self.log_variances.values():
            one.clamp_(-self.limit, self.limit)

    def weights(self) -> dict[str, float]:
        """What each loss is multiplied by."""
        if not len(self.log_variances):
            return dict(self.fixed)
        return {name: torch.exp(-s).item() for name, s in self.log_variances.items()}

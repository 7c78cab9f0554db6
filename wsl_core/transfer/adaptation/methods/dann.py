"""Domain-adversarial training (Ganin et al., JMLR 17(59), 2016); imported in workers only.

Minimised by the label classifier: the source's cross-entropy; by the domain classifier: its own loss, mean
over the source plus mean over the target; by the features: the first minus lambda times the second, through
the reversal layer. One backward pass does all three.
"""

import torch
from torch import Tensor
from torch.nn import functional

from wsl_core.transfer.adaptation.contract import SOURCE, TARGET
from wsl_core.transfer.adaptation.methods.source_only import SourceOnly
from wsl_core.transfer.adaptation.schedules import lambda_at
from wsl_core.transfer.adaptation.torch_adapted import AdaptedNetwork
from wsl_core.transfer.adaptation.torch_learner import Figures, norm, norm_of
from wsl_core.transfer.adaptation.torch_networks import judge
from wsl_core.transfer.adaptation.torch_reversal import reversal


class DANN(SourceOnly):
    """Source and target pass the network one after the other, each with its own statistics.

    The source's pass comes first, so that with lambda 0 every step is that of source only.
    """

    def begin(self) -> None:
        """A domain classifier on the maps; trained with the same rate as everything else."""
        self.domain = judge(self.network.shape.numel(), self.plan.domain)
        self.parts["domain"] = self.domain
        self._seen: dict[str, Tensor] = {}
        super().begin()

    def losses(self, number: int, *, measured: bool) -> tuple[Tensor, Figures]:
        """Label loss of the source, and domain loss of both behind the reversal layer."""
        x, labels = self.problem.source_batch(number)
        maps = self.network.maps(x, SOURCE)
        own = maps.view_as(maps)  # its gradient is that of the labels alone
        loss, figures = self.label_loss(own, labels, measured=measured)
        others = self.network.maps(self.problem.target_batch(number), TARGET)
        weight = lambda_at(self.progress(number), self.how.gamma, self.how.lambda_largest)
        below = torch.cat([maps, others])
        above = reversal(below, weight)
        verdicts = self.domain(above)
        domain_loss = domain_loss_of(verdicts[: len(maps)], verdicts[len(maps) :])
        figures |= {"domain_loss": domain_loss.item() / 2, "lambda": weight}  # a mean over both
        if measured:
            figures["domain_accuracy"] = domain_accuracy(
                verdicts[: len(maps)], verdicts[len(maps) :]
            )
            self._seen = {"labels": own, "below": below, "above": above}
            for value in self._seen.values():
                value.retain_grad()
        return loss + domain_loss, figures

    def measures(self) -> Figures:
        """Norms at the reversal layer, as they are: that of the features has a sign.

        `gradient_domain` leaves the domain classifier downwards; `gradient_reversed` is what reaches the
        features of it, along the same direction: negative where it was turned round.
        """
        labels, below, above = (self._seen.pop(key).grad for key in ("labels", "below", "above"))
        assert below is not None
        assert above is not None
        length = norm([above])
        along = float((below * above).sum()) / length if length else 0.0
        return {
            "gradient_label": norm([labels]),
            "gradient_domain": length,
            "gradient_reversed": along,
            "gradient_domain_classifier": norm_of(self.domain),
        }

    def adapted(self) -> AdaptedNetwork:
        """The network, read with the target's mean and statistics."""
        return AdaptedNetwork(self.network, self.how.architecture, self.problem.inputs)


def domain_loss_of(source: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy of logits that should be positive for the source; mean plus mean."""
    return functional.softplus(-source).mean() + functional.softplus(target).mean()


@torch.no_grad()
def domain_accuracy(source: Tensor, target: Tensor) -> float:
    """Share of both batches that is told apart, each domain counting as half; a logit of 0 is half right."""
    right = (torch.sign(source).mean() - torch.sign(target).mean()) / 4 + 0.5
    return right.item()

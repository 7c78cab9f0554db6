"""Source only: the baseline that is trained on labelled source pictures alone; imported in workers only.

No value of the target enters a step: neither the loss nor the statistics of batch normalisation.
"""

import torch
from torch import Tensor
from torch.nn import functional

from wsl_core.networks.torch_optimisers import Momentum
from wsl_core.transfer.adaptation.contract import SOURCE
from wsl_core.transfer.adaptation.torch_adapted import AdaptedFeatures, AdaptedNetwork
from wsl_core.transfer.adaptation.torch_learner import Figures, Learner, named, network_norms


class SourceOnly(Learner):
    """Cross-entropy on the source.

    It is read with the source's mean and statistics; `adapted().centred` takes the target's own mean.
    """

    def begin(self) -> None:
        """SGD with momentum .9 on all parts."""
        parameters = named(**self.parts)
        self.optimisers["optimiser"] = Momentum(parameters, decay=self.how.weight_decay or 0.0)

    def step(self, number: int, *, measured: bool) -> Figures:
        """One update from all losses together."""
        loss, figures = self.losses(number, measured=measured)
        loss.backward()
        if measured:
            figures |= network_norms(self.network) | self.measures()
        self.optimisers["optimiser"].step(self.rate(number))
        return figures

    def losses(self, number: int, *, measured: bool) -> tuple[Tensor, Figures]:
        """What is made small in a step, and its figures."""
        x, labels = self.problem.source_batch(number)
        return self.label_loss(self.network.maps(x, SOURCE), labels, measured=measured)

    def label_loss(self, maps: Tensor, labels: Tensor, *, measured: bool) -> tuple[Tensor, Figures]:
        """Cross-entropy of the source's labels.

        Args:
            maps: (N, M) of a batch of the source.
            labels: (N,).
            measured: also count the share that is named right.
        """
        scores = self.network.classify(maps)
        loss = functional.cross_entropy(scores, labels)
        figures = {"loss": loss.item()}
        if measured:
            with torch.no_grad():
                figures["source_accuracy"] = (scores.argmax(1) == labels).float().mean().item()
        return loss, figures

    def measures(self) -> Figures:
        """What can be measured between the backward pass and the update."""
        return {}

    def adapted(self) -> AdaptedNetwork | AdaptedFeatures:
        """The network, as it was trained."""
        return self.reader()

"""Adversarial discriminative domain adaptation (Tzeng et al., CVPR 2017); imported in workers only.

(1) Encoder and classifier are trained on the source. (2) The encoder is copied; the original and the
classifier stay as they are. A discriminator learns to tell features of the source, by the original, from
those of the target, by the copy; the copy learns with inverted labels: it minimises -log D(features), and
not the negative of the discriminator's loss, as a reversal layer would. (3) The classifier reads the copy.

Nothing ties the copy to the classes. In step 2 there is no dropout: the discriminator would see it in one of
the two.
"""

import copy

import torch
from torch.nn import functional

from wsl_core.networks.torch_optimisers import Adam
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET
from wsl_core.transfer.adaptation.methods.dann import domain_accuracy, domain_loss_of
from wsl_core.transfer.adaptation.methods.source_only import SourceOnly
from wsl_core.transfer.adaptation.schedules import rate_at
from wsl_core.transfer.adaptation.torch_adapted import AdaptedNetwork
from wsl_core.transfer.adaptation.torch_learner import Figures, named, norm_of
from wsl_core.transfer.adaptation.torch_networks import judge
from wsl_core.transfer.adaptation.torch_normalisation import batch_statistics, measure

BETAS = (0.5, 0.999)


class ADDA(SourceOnly):
    """Two trainings, one after the other."""

    def begin(self) -> None:
        """The copy, which is set when its training begins, and the discriminator."""
        super().begin()
        self.target = copy.deepcopy(self.network)
        self.domain = judge(self.network.output.in_features, self.plan.domain)
        self.parts |= {"target": self.target, "domain": self.domain}
        encoder = named(maps=self.target.maps, hidden=self.target.hidden)
        self.optimisers["encoder"] = Adam(encoder, BETAS)
        self.optimisers["discriminator"] = Adam(named(domain=self.domain), BETAS)

    @property
    def first(self) -> int:
        """Steps of the training on the source; at least one is left for the second."""
        return min(self.steps - 1, max(1, round(self.steps * self.how.pretraining)))

    def rate(self, number: int) -> float:
        """Of the training on the source, over its own steps."""
        how = self.how
        assert how.rate is not None
        return rate_at(number / self.first, how.rate, how.decay or "constant", how.tail)

    def doing(self, number: int) -> str:
        """Which of the two trainings a step belongs to."""
        source = number < self.first
        return "training on the source" if source else "training the target's encoder"

    def step(self, number: int, *, measured: bool) -> Figures:
        """A step of the training on the source, or one of discriminator and copy."""
        if number < self.first:
            return super().step(number, measured=measured)
        if number == self.first:
            self._copy()
        return self._adversarial(number, measured=measured)

    def _copy(self) -> None:
        """The copy begins as the original, with the target's statistics."""
        self.target.load_state_dict(self.network.state_dict())
        measure(self.target, self.problem.batches(TARGET), TARGET)

    def _adversarial(self, number: int, *, measured: bool) -> Figures:
        x, _ = self.problem.source_batch(number)
        self.network.eval()
        with torch.no_grad():
            real = self.network.encode(x, SOURCE)
        with batch_statistics(self.target):
            features = self.target.encode(self.problem.target_batch(number), TARGET)
        verdicts = self.domain(real), self.domain(features.detach())
        loss = domain_loss_of(*verdicts)
        loss.backward()
        figures = {"domain_loss": loss.item() / 2}
        if measured:
            figures["domain_accuracy"] = domain_accuracy(*verdicts)
            figures["gradient_domain_classifier"] = norm_of(self.domain)
        self.optimisers["discriminator"].step(self.how.discriminator_rate)
        fooled = functional.softplus(-self.domain(features)).mean()
        fooled.backward()
        figures["loss"] = fooled.item()
        if measured:
            figures["gradient_encoder"] = norm_of(self.target.maps, self.target.hidden)
        self.domain.zero_grad(set_to_none=True)  # that gradient was for the copy alone
        assert self.how.encoder_rate is not None
        self.optimisers["encoder"].step(self.how.encoder_rate)
        return figures

    def adapted(self) -> AdaptedNetwork:
        """The copy with the classifier; before it is made, the network with the target's mean.

        Its `on_source` reads the copy with the source's statistics, for comparison.
        """
        inputs, name = self.problem.inputs, self.how.architecture
        if not self.optimisers["encoder"].steps:
            return AdaptedNetwork(self.network, name, inputs, TARGET, SOURCE)
        return AdaptedNetwork(self.target, name, inputs)

"""Adaptation by image translation (Murez et al., CVPR 2018); imported in workers only.

One encoder f serves both domains; decoders g of source and target share their first layers. Made small, each
with its weight (the paper's c, z, tr, id, cyc, trc): cross-entropy of the source; an adversary that tells
latents apart; adversaries that tell translated pictures from real ones; L1 of a picture decoded in its own
domain; L1 of one translated there and back; cross-entropy of a translated source picture encoded again.

All adversaries judge by least squares. (The paper's picture adversaries are WGAN-GP, whose gradient of a
gradient takes twice the time.) Decoders see all channels; classifier and latent adversary see dropout.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from wsl_core.networks.torch_optimisers import Adam
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET
from wsl_core.transfer.adaptation.torch_adapted import AdaptedNetwork
from wsl_core.transfer.adaptation.torch_inputs import Inputs
from wsl_core.transfer.adaptation.torch_learner import Figures, Learner, named, norm_of
from wsl_core.transfer.adaptation.torch_networks import dense, judge, unflattened

BETAS = (0.5, 0.999)
REDRAWN = 2  # translated batches have statistics of their own: SOURCE + 2 and TARGET + 2
WIDTH = 8  # channels before the last layer of a decoder; twice as many before that


class Decoders(nn.Module):
    """Latents (N, M) -> standardised inputs of a domain."""

    def __init__(self, latent: torch.Size, shape: tuple[int, ...], inputs: Inputs) -> None:
        """Args are the shapes of a latent before it was flattened and of an input, and the standardising."""
        super().__init__()
        self.latent, self.inputs = latent, inputs
        if len(shape) == 1:
            self.shared = nn.Sequential(*dense((latent.numel(), 4 * WIDTH)))
            self.own = nn.ModuleList(nn.Linear(4 * WIDTH, shape[0]) for _ in "st")
            return
        quarter, half = (tuple(-(-side // part) for side in shape[1:]) for part in (4, 2))
        self.shared = nn.Sequential(
            nn.Upsample(quarter), nn.Conv2d(latent[0], 2 * WIDTH, 3, padding=1), nn.ReLU(),
            nn.Upsample(half), nn.Conv2d(2 * WIDTH, WIDTH, 3, padding=1), nn.ReLU(),
            nn.Upsample(shape[1:]),
        )  # fmt: skip
        self.own = nn.ModuleList(
            nn.Sequential(nn.Conv2d(WIDTH, shape[0], 3, padding=1), nn.Sigmoid()) for _ in "st"
        )
        self.to(memory_format=torch.channels_last)

    def forward(self, latents: Tensor, domain: int) -> Tensor:
        """What `inputs.standardised` would give for the drawn pictures."""
        if len(self.latent) == 1:
            drawn: Tensor = self.own[domain](self.shared(latents))
            return drawn
        maps = unflattened(latents, self.latent)
        return self.inputs.standardised(self.own[domain](self.shared(maps)), domain)


def critic(shape: tuple[int, ...]) -> nn.Module:
    """Inputs of a domain -> (N, ...) verdicts, near 1 for real ones."""
    if len(shape) == 1:
        return judge(shape[0], (4 * WIDTH,))
    layers = nn.Sequential(
        nn.Conv2d(shape[0], WIDTH, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(WIDTH, 2 * WIDTH, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(2 * WIDTH, 1, 4, 2, 1),
    )  # fmt: skip
    return layers.to(memory_format=torch.channels_last)


class Translation(Learner):
    """Encoder, classifier and decoders on one side, three adversaries on the other, by turns."""

    domains = 4

    def begin(self) -> None:
        """Decoders and adversaries."""
        self.dropped = 0.0
        for layer in self.network.maps:
            if isinstance(layer, nn.Dropout | nn.Dropout2d):
                self.dropped, layer.p = layer.p, 0.0
        shape = self.problem.shape
        self.decoders = Decoders(self.network.shape, shape, self.problem.inputs)
        self.latent = judge(self.network.shape.numel(), self.plan.domain)
        self.critics = nn.ModuleList(critic(shape) for _ in "st")
        self.parts |= {
            "decoders": self.decoders, "latent": self.latent, "critics": self.critics,
        }  # fmt: skip
        makers = named(network=self.network, decoders=self.decoders)
        judges = named(latent=self.latent, critics=self.critics)
        self.optimisers = {"makers": Adam(makers, BETAS), "judges": Adam(judges, BETAS)}

    def step(self, number: int, *, measured: bool) -> Figures:
        """An update of encoder, classifier and decoders, then one of the adversaries."""
        x, labels = self.problem.source_batch(number)
        inputs = (x, self.problem.target_batch(number))
        latents = [self.network.maps(inputs[d], d) for d in (SOURCE, TARGET)]
        seen = [self._dropped(one) for one in latents]
        # Of the source in the target's manner, and the other way round.
        redrawn = [self.decoders(latents[d], 1 - d) for d in (SOURCE, TARGET)]
        losses = self._losses(inputs, labels, latents, seen, redrawn)
        weights = {
            "loss": 1.0, "latent_loss": self.how.latent, "translated_loss": self.how.translated,
            "identity_loss": self.how.identity, "cycle_loss": self.how.cycle,
            "translated_label_loss": self.how.translated_labels,
        }  # fmt: skip
        whole = sum((weights[name] * value for name, value in losses.items()), torch.zeros(()))
        whole.backward()
        figures = {name: value.item() for name, value in losses.items()}
        if measured:
            figures |= {
                "gradient_encoder": norm_of(self.network.maps),
                "gradient_classifier": norm_of(self.network.hidden, self.network.output),
                "gradient_decoders": norm_of(self.decoders),
            }
        self.optimisers["makers"].step(self.rate(number))
        for part in (self.latent, self.critics):
            part.zero_grad(set_to_none=True)  # those gradients were for the makers alone
        return figures | self._judged(inputs, seen, redrawn, measured=measured)

    def _losses(
        self,
        inputs: tuple[Tensor, Tensor],
        labels: Tensor,
        latents: list[Tensor],
        seen: list[Tensor],
        redrawn: list[Tensor],
    ) -> dict[str, Tensor]:
        """What encoder, classifier and decoders make small, without weights."""
        again = [self.network.maps(redrawn[d], 1 - d + REDRAWN) for d in (SOURCE, TARGET)]
        both = (SOURCE, TARGET)
        losses = {
            "loss": functional.cross_entropy(self.network.classify(seen[SOURCE]), labels),
            "latent_loss": _mean(_near(self.latent(seen[d]), float(d)) for d in both),
            "translated_loss": _mean(_near(self.critics[1 - d](redrawn[d]), 1.0) for d in both),
            "identity_loss": _mean(
                functional.l1_loss(self.decoders(latents[d], d), inputs[d]) for d in both
            ),
            "cycle_loss": _mean(
                functional.l1_loss(self.decoders(again[d], d), inputs[d]) for d in both
            ),
        }
        if self.how.translated_labels:
            scores = self.network.classify(self._dropped(again[SOURCE]))
            losses["translated_label_loss"] = functional.cross_entropy(scores, labels)
        return losses

    def _judged(
        self,
        inputs: tuple[Tensor, Tensor],
        seen: list[Tensor],
        redrawn: list[Tensor],
        *,
        measured: bool,
    ) -> Figures:
        """An update of the adversaries, on what was made before the makers' update."""
        verdicts = [self.latent(one.detach()) for one in seen]
        latent = _mean(_near(verdicts[d], 1.0 - d) for d in (SOURCE, TARGET))
        pictures = _mean(
            _near(self.critics[d](inputs[d]), 1.0)
            + _near(self.critics[d](redrawn[1 - d].detach()), 0.0)
            for d in (SOURCE, TARGET)
        )
        (latent + pictures).backward()
        figures = {"domain_loss": latent.item(), "critics_loss": pictures.item()}
        if measured:
            right = [(verdicts[SOURCE] > 0.5).float(), (verdicts[TARGET] < 0.5).float()]
            figures |= {
                "domain_accuracy": _mean(one.mean() for one in right).item(),
                "gradient_domain_classifier": norm_of(self.latent),
                "gradient_critics": norm_of(self.critics),
            }
        self.optimisers["judges"].step(self.how.adversary_rate)
        return figures

    def _dropped(self, latents: Tensor) -> Tensor:
        """Latents as classifier and latent adversary see them."""
        if not self.dropped:
            return latents
        if len(self.network.shape) == 1:
            return functional.dropout(latents, self.dropped)
        kept = functional.dropout2d(unflattened(latents, self.network.shape), self.dropped)
        return kept.permute(0, 2, 3, 1).flatten(1)

    def adapted(self) -> AdaptedNetwork:
        """The network, read with the target's mean and statistics."""
        return AdaptedNetwork(self.network, self.how.architecture, self.problem.inputs)

    def translated(self, values: NDArray[Any], domain: int) -> NDArray[np.uint8] | None:
        """Pictures of a domain drawn in the other's manner, (N, H, W, 3)."""
        if not self.problem.pictures or self.problem.inputs.each:
            return None
        inputs = self.problem.inputs
        for part in self.parts.values():
            part.eval()
        with torch.inference_mode():
            x = inputs.standardised(inputs.raw(values), domain)
            return inputs.back(self.decoders(self.network.maps(x, domain), 1 - domain), 1 - domain)


def _near(verdicts: Tensor, wanted: float) -> Tensor:
    """Mean squared distance of verdicts from what they should be."""
    return (verdicts - wanted).square().mean()


def _mean(values: Any) -> Tensor:
    """Of both domains."""
    found: Tensor = torch.stack(list(values)).mean()
    return found

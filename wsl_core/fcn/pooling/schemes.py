"""The pooling schemes by name, with their sources and parameters: menus, command line, tests iterate them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from wsl_core.errors import ParameterError
from wsl_core.fcn.pooling import selection, smooth, spleap
from wsl_core.fcn.pooling.parameters import (
    AverageParameters,
    LSEParameters,
    MaxParameters,
    SPLeaPParameters,
    WELDONParameters,
    WILDCATParameters,
)
from wsl_core.fcn.pooling.pooled import Array, Pooled


@dataclass(frozen=True)
class Scheme:
    """One way from the maps of a picture to the scores of its classes.

    Attributes:
        name: as links, cards and the command line spell it.
        title: as menus show it.
        about: what it does, in a sentence.
        source: the paper.
        parameters: declares type, range and default of what can be chosen.
    """

    name: str
    title: str
    about: str
    source: str
    parameters: type[BaseModel]
    _score: Callable[..., Array] = field(repr=False)
    _pool: Callable[..., Pooled] = field(repr=False)

    def maps_a_class(self, parameters: BaseModel | None = None) -> int:
        """How many maps every class has: M of WILDCAT, 1 for all others."""
        return int(getattr(self._own(parameters), "maps", 1))

    def score(
        self,
        maps: Array,
        parameters: BaseModel | None = None,
        learned: spleap.SPLeaPWeights | None = None,
    ) -> Array:
        """Scores of maps, differentiable where they are torch's.

        Args:
            maps: (..., K, h, w); (..., K * M, h, w) for WILDCAT, those of one class side by side;
                (..., P, h, w) for SPLeaP, its parts. Floating point, in logits, NumPy or torch.
            parameters: of this scheme; its defaults where there are none.
            learned: for SPLeaP.

        Returns:
            (..., K), of the kind of the maps.

        Raises:
            ParameterError: maps that are none or of a number that does not fit, another scheme's
                parameters, nothing learned for SPLeaP.
        """
        return self._score(maps, self._own(parameters), learned)

    def pool(
        self,
        maps: Array,
        parameters: BaseModel | None = None,
        learned: spleap.SPLeaPWeights | None = None,
    ) -> Pooled:
        """As `score`, with class maps, weights, contributions and selected cells in closed form.

        Gradients flow through the scores only.
        """
        return self._pool(maps, self._own(parameters), learned)

    def read(self, values: Mapping[str, Any]) -> BaseModel:
        """Parameters from values or texts, as a link, a card or the command line holds them.

        Raises:
            ParameterError: a value outside its range, or a name that this scheme does not know.
        """
        try:
            return self.parameters.model_validate(dict(values))
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            if first["type"] == "extra_forbidden":
                raise ParameterError(
                    f"{self.title} has no parameter named {name!r}. It has: {self._listed()}."
                ) from None
            why = str(first.get("ctx", {}).get("error") or _sentence(first["msg"]))
            raise ParameterError(
                f"{self.title} does not accept {first['input']!r} for {name}. {why}"
            ) from None

    def _own(self, parameters: BaseModel | None) -> BaseModel:
        if parameters is None:
            return self.parameters()
        if not isinstance(parameters, self.parameters):
            raise ParameterError(
                f"{self.title} takes its own parameters ({self._listed()}), not "
                f"{type(parameters).__name__}."
            )
        return parameters

    def _listed(self) -> str:
        return ", ".join(self.parameters.model_fields) or "none"


def _sentence(message: str) -> str:
    """Pydantic's message about a value, as a sentence."""
    return message.replace("Input", "It", 1) + "."


SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme(
            "max",
            "Max",
            "The score is the highest cell: the single best region decides.",
            "Oquab et al., Is object localization for free?, CVPR 2015",
            MaxParameters,
            selection.max_score,
            selection.max_pool,
        ),
        Scheme(
            "average",
            "Average (GAP)",
            "The score is the mean of all cells: every region counts the same.",
            "Zhou et al., Learning deep features for discriminative localization, CVPR 2016",
            AverageParameters,
            smooth.average_score,
            smooth.average_pool,
        ),
        Scheme(
            "lse",
            "LSE",
            "A smooth rule between mean and maximum (log-sum-exp): the higher a cell, the more it counts.",
            "Pinheiro and Collobert, From image-level to pixel-level labeling with convolutional networks, "
            "CVPR 2015",
            LSEParameters,
            smooth.lse_score,
            smooth.lse_pool,
        ),
        Scheme(
            "spleap",
            "SPLeaP",
            "Learned parts that all classes share: each is pooled by a soft-max of its own learned "
            "sharpness, and every class adds them up with its own weights.",
            "Kulkarni et al., SPLeaP: soft pooling of learned parts for image classification, ECCV 2016",
            SPLeaPParameters,
            spleap.spleap_score,
            spleap.spleap_pool,
        ),
        Scheme(
            "weldon",
            "WELDON",
            "The mean of the highest cells plus the mean of the lowest: several regions speak for a class, "
            "several against it.",
            "Durand et al., WELDON: weakly supervised learning of deep convolutional neural networks, "
            "CVPR 2016",
            WELDONParameters,
            selection.weldon_score,
            selection.weldon_pool,
        ),
        Scheme(
            "wildcat",
            "WILDCAT",
            "Several maps a class, averaged; then as in WELDON, with the negative evidence weighed down.",
            "Durand et al., WILDCAT: weakly supervised learning of deep ConvNets for image classification, "
            "pointwise localization and segmentation, CVPR 2017",
            WILDCATParameters,
            selection.wildcat_score,
            selection.wildcat_pool,
        ),
    )
}


def scheme(name: str) -> Scheme:
    """The scheme of that name.

    Raises:
        ParameterError: there is none; the sentence lists those that exist.
    """
    if name not in SCHEMES:
        raise ParameterError(
            f"There is no pooling scheme named {name!r}. There are: {', '.join(SCHEMES)}."
        )
    return SCHEMES[name]

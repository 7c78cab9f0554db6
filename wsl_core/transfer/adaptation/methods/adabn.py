"""Adaptive batch normalisation (Li et al., 2018): statistics measured anew; imported in workers only."""

from wsl_core.errors import ParameterError
from wsl_core.transfer.adaptation.contract import TARGET
from wsl_core.transfer.adaptation.methods.source_only import SourceOnly
from wsl_core.transfer.adaptation.torch_adapted import AdaptedNetwork
from wsl_core.transfer.adaptation.torch_normalisation import measure


class AdaBN(SourceOnly):
    """Source only, then every mean and spread of the batch normalisation from the unlabelled target."""

    def begin(self) -> None:
        """Check that there is something to measure.

        Raises:
            ParameterError: the network has no batch normalisation.
        """
        if not self.network.normalised:
            raise ParameterError(
                f"{self.plan.title} has no batch normalisation, whose statistics adabn measures anew. Choose "
                f"the fast network, or another method."
            )
        super().begin()

    def adapted(self) -> AdaptedNetwork:
        """The network as it is now, read with the target's mean and statistics."""
        reader = self.reader()
        measure(self.network, self.problem.batches(TARGET), TARGET)
        return AdaptedNetwork(reader.network, reader.architecture, reader.inputs)

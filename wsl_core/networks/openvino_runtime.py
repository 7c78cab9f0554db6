"""Networks in OpenVINO: the default on processors, several times as fast as eager PyTorch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import NetworkError
from wsl_core.networks.cards import Card
from wsl_core.networks.exported import Exported, Report, ensure
from wsl_core.settings import settings


class OpenVINORuntime:
    """An exported network; each set of taps asked for is compiled once and computes nothing more."""

    name = "openvino"

    def __init__(self, card: Card, precision: str, report: Report | None = None) -> None:
        """Read the export, made first if it is missing; `precision` is "float32" or "bfloat16".

        Raises:
            NetworkError: bfloat16 on a processor without it, or a network that cannot be converted.
            WeightsError: weights missing, damaged or made for another network.
        """
        import openvino

        self.card = card
        self._core = openvino.Core()
        if precision == "bfloat16" and "BF16" not in self._core.get_property(
            "CPU", "OPTIMIZATION_CAPABILITIES"
        ):
            raise NetworkError(
                "This processor has no bfloat16 arithmetic. Use float32, which every processor has."
            )
        exported: Exported = ensure(card, report)
        self.weight, self.bias = exported.weight, exported.bias
        self.geometries, self.channels = exported.geometries, exported.channels
        self._file = exported.folder / "network.xml"
        self._options = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32",
        }
        if settings().threads:
            self._options["INFERENCE_NUM_THREADS"] = str(settings().threads)
        self._requests: dict[tuple[str, ...], Any] = {}

    def _request(self, taps: tuple[str, ...]) -> Any:
        """An inference request that computes these taps and no layer beyond them."""
        if taps not in self._requests:
            import openvino

            whole = self._core.read_model(self._file)
            outputs = [whole.output(tap).node for tap in taps]
            model = openvino.Model(outputs, whole.get_parameters(), self.card.name)
            compiled = self._core.compile_model(model, "CPU", self._options)
            self._requests[taps] = compiled.create_infer_request()
        return self._requests[taps]

    def run(self, picture: NDArray[np.uint8], taps: tuple[str, ...]) -> list[NDArray[np.float32]]:
        """One picture (h, w, 3) uint8 -> each tap (channels, rows, columns) float32."""
        results = self._request(taps).infer(picture[None], share_inputs=True, share_outputs=True)
        # The memory of the outputs belongs to the request and is written again by the next picture.
        return [np.array(results[i][0]) for i in range(len(taps))]

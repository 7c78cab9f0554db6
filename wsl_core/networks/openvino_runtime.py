"""Networks in OpenVINO: the default on processors, several times as fast as eager PyTorch."""

import shutil
import sys
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import NetworkError
from wsl_core.networks.exported import Exported, ensure
from wsl_core.networks.kept import Report
from wsl_core.networks.recipe import Recipe
from wsl_core.settings import settings


def quiet_openvino() -> ModuleType:
    """OpenVINO, imported so that it tells nobody: by itself it reports every import to its maker.

    Import it nowhere else. Without the telemetry package it takes a stand-in that does nothing.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


class OpenVINORuntime:
    """An exported network; each set of taps asked for is compiled once and computes nothing more."""

    name = "openvino"

    def __init__(self, recipe: Recipe, precision: str, report: Report | None = None) -> None:
        """Read the export, made first if it is missing; `precision` is "float32" or "bfloat16".

        Raises:
            NetworkError: bfloat16 on a processor without it, or a network that cannot be converted.
            WeightsError: weights missing, damaged or made for another network.
        """
        self.card = recipe.card
        self._openvino = quiet_openvino()
        self._core = self._openvino.Core()
        if precision == "bfloat16" and "BF16" not in self._core.get_property(
            "CPU", "OPTIMIZATION_CAPABILITIES"
        ):
            raise NetworkError(
                "This processor has no bfloat16 arithmetic. Use float32, which every processor has."
            )
        self._options = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32",
        }
        if settings().threads:
            self._options["INFERENCE_NUM_THREADS"] = str(settings().threads)
        self._open(ensure(recipe, report))
        try:
            self._request((recipe.card.features,))
        except RuntimeError:
            # The export was damaged after it was written: it is only a cache, so it is made again.
            shutil.rmtree(self._file.parent, ignore_errors=True)
            self._open(ensure(recipe, report))

    def _open(self, exported: Exported) -> None:
        self.weight, self.bias = exported.weight, exported.bias
        self.geometries, self.channels = exported.geometries, exported.channels
        self.layers = exported.layers
        self._file = exported.folder / "network.xml"
        self._requests: dict[tuple[tuple[str, ...], int], Any] = {}

    def _request(self, taps: tuple[str, ...], pictures: int = 1) -> Any:
        """An inference request for so many pictures; no layer beyond these taps is computed."""
        if (taps, pictures) not in self._requests:
            whole = self._core.read_model(self._file)
            outputs = [whole.output(tap).node for tap in taps]
            model = self._openvino.Model(outputs, whole.get_parameters(), self.card.name)
            if pictures > 1:
                model.reshape([pictures, -1, -1, 3])
            compiled = self._core.compile_model(model, "CPU", self._options)
            self._requests[taps, pictures] = compiled.create_infer_request()
        return self._requests[taps, pictures]

    def run(self, pictures: NDArray[np.uint8], taps: tuple[str, ...]) -> list[NDArray[np.float32]]:
        """Pictures (N, h, w, 3) uint8 -> each tap (N, channels, rows, columns) float32."""
        return [np.array(one) for one in self.look(pictures, taps)]

    def look(self, pictures: NDArray[np.uint8], taps: tuple[str, ...]) -> list[NDArray[np.float32]]:
        """As `run`, in memory that belongs to the request and is written again by the next pictures."""
        request = self._request(taps, len(pictures))
        results = request.infer(pictures, share_inputs=True, share_outputs=True)
        return [np.asarray(results[i]) for i in range(len(taps))]

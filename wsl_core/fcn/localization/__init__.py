"""Points and boxes from class maps, and how good they are: metrics, baselines, evaluation, beam search."""

from wsl_core.fcn.localization.beam_search import BeamSearchParameters, Found, search
from wsl_core.fcn.localization.box_accuracy import MaxBoxAcc, MaxBoxAccV2
from wsl_core.fcn.localization.correct_location import CorLoc
from wsl_core.fcn.localization.evaluation import (
    JOB,
    EvaluationParameters,
    evaluate,
    localization_of,
    reader,
)
from wsl_core.fcn.localization.evidence import Evidence
from wsl_core.fcn.localization.on_picture import Located, locate
from wsl_core.fcn.localization.per_class import PerClass
from wsl_core.fcn.localization.pixel_ap import PixelAP
from wsl_core.fcn.localization.pixel_precision import PxAP
from wsl_core.fcn.localization.pointing import Pointing, PointLocalization
from wsl_core.fcn.localization.points import Point, boxes, point
from wsl_core.fcn.localization.precision import ClassificationAP, average_precision
from wsl_core.fcn.localization.results import Localization, Mistake

__all__ = [
    "JOB", "BeamSearchParameters", "ClassificationAP", "CorLoc", "EvaluationParameters", "Evidence",
    "Found", "Localization", "Located", "MaxBoxAcc", "MaxBoxAccV2", "Mistake", "PerClass", "PixelAP",
    "Point", "PointLocalization", "Pointing", "PxAP", "average_precision", "boxes", "evaluate",
    "localization_of", "locate", "point", "reader", "search",
]  # fmt: skip

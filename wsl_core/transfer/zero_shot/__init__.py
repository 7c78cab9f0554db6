"""Zero-shot learning: classes described by attributes or words, recognised without one picture of them.

    fitted = METHODS["prototype"].fit(features, labels, signatures, MethodParameters())
    fitted.scores(features_of_a_picture, signatures_of_any_classes)

`evaluation` measures methods on a labelled set, as a job. Nothing here needs torch or scikit-learn.
"""

from wsl_core.transfer.zero_shot.attribute_prediction import AttributePredictor
from wsl_core.transfer.zero_shot.method_parameters import MethodParameters
from wsl_core.transfer.zero_shot.methods import METHODS, Fitted, MethodCard

__all__ = ["METHODS", "AttributePredictor", "Fitted", "MethodCard", "MethodParameters"]

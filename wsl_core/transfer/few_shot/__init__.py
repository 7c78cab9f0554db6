"""Few-shot learning on frozen features: a handful of labelled pictures a class makes the classifier.

`examples` makes one from pictures and says what it sees; `evaluation` measures heads over repeated draws of a
labelled set, as a job. Nothing here needs torch or scikit-learn.
"""

from wsl_core.transfer.few_shot.evaluation import JOB
from wsl_core.transfer.few_shot.examples import LIVE, Answer, ExampleClassifier, Seen, seen
from wsl_core.transfer.few_shot.heads import HEADS, HeadCard, HeadParameters, Linear
from wsl_core.transfer.few_shot.parameters import FeatureParameters, FewShotParameters

__all__ = [
    "HEADS", "JOB", "LIVE", "Answer", "ExampleClassifier", "FeatureParameters", "FewShotParameters",
    "HeadCard", "HeadParameters", "Linear", "Seen", "seen",
]  # fmt: skip

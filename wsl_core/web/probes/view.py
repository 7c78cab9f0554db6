"""The link of the Layer probes page: what is looked at, and what is asked of a live run."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from wsl_core.errors import WslError
from wsl_core.transfer.probes import CLASSIFIERS, TOGETHER, ProbeParameters
from wsl_core.transfer.probes.examples import EXAMPLES, PREFIX
from wsl_core.transfer.probes.finished import finished

DEPTH, EXAMPLES_PART, MISTAKES, OWN, TABLE = "depth", "examples", "mistakes", "own", "table"
CALTECH, UPLOAD = "caltech101", "upload"
SOURCES = (*EXAMPLES, CALTECH, UPLOAD)


def _layers() -> list[str]:
    try:
        return [one.name for one in finished().layers]
    except WslError:
        return [TOGETHER]


LAYERS = _layers()


def _declared(name: str) -> tuple[str, str]:
    field = ProbeParameters.model_fields[name]
    return str(field.title), str(field.description)


def _there(name: str, otherwise: int) -> str:
    return name if name in LAYERS else LAYERS[otherwise]


class ProbesView(BaseModel):
    """Everything that the page's link holds, beside `run`, the visitor's own measurement."""

    chapter: Literal["depth", "examples", "mistakes", "own", "table"] = Field(
        "depth",
        title="Part",
        description="Accuracy of every layer; with fewer examples; what is taken for what; your own "
        "pictures; published beside measured.",
    )
    classifier: Literal["softmax", "svm", "ridge"] = Field(
        "softmax",
        title="Classifier",
        description=" ".join(f"{one.title}: {one.sentence}" for one in CLASSIFIERS.values()),
    )
    layer: str = Field(
        _there("stage7", -1),
        title="Layer",
        description="From the input up; pooled is what the network's own classifier reads, logits are its "
        "scores, together is several layers side by side.",
        json_schema_extra={"choices": [*LAYERS], "menu": True},
    )
    beside: str = Field(
        _there("stage3", 0),
        title="Compared with",
        description="Another layer: which pictures one gets and the other misses.",
        json_schema_extra={"choices": [*LAYERS], "menu": True},
    )
    predict: bool = Field(
        False, title="Predict first", description="Answer a question before the figures are shown."
    )
    pictures: Literal["digits", "signs", "caltech101", "upload"] = Field(
        "digits",
        title="Pictures",
        description="A set that comes with the program, a part of Caltech-101 where it is there, or a zip "
        "file of class folders of your own.",
    )
    train: int = Field(
        10, ge=1, le=30, title=_declared("train")[0], description=_declared("train")[1]
    )
    draws: int = Field(
        3, ge=1, le=5, title=_declared("splits")[0], description=_declared("splits")[1]
    )

    def request(self) -> ProbeParameters:
        """The live measurement that is asked for: small enough for a minute."""
        values: dict[str, Any] = {
            "train": self.train, "test": 20, "splits": self.draws, "svm": True,
            "examples": [n for n in (1, 2, 5, 10, 20) if n < self.train],
        }  # fmt: skip
        if self.pictures in EXAMPLES:
            small = {"data": PREFIX + self.pictures, "size": 97}
        else:
            small = {"data": self.pictures, "size": 161, "classes": 15, "each": self.train + 15}
        return ProbeParameters.model_validate(values | small)


def titles() -> dict[str, str]:
    """Of the sources of a live run."""
    own = {CALTECH: "Caltech-101, 15 classes", UPLOAD: "Your own zip file"}
    return {name: one.title for name, one in EXAMPLES.items()} | own

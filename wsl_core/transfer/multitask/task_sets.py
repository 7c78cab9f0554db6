"""The registry of task sets: pictures with several labels each, the small trunk that learns them, a recipe.

Rates were chosen on a fifth of each training set, for the tasks alone (`python -m benchmarks.multitask
--choose`). Held-out pictures were looked at while sizes and steps were cut to what a class can wait for, and
before VOC's loss of objects became a sum over classes; no rate was chosen on them.
"""

from dataclasses import dataclass
from typing import Literal

from wsl_core.datasets import voc
from wsl_core.errors import ParameterError
from wsl_core.settings import settings
from wsl_core.transfer.multitask.architecture import Block

BLOCKS = 4
"""Of every trunk, so that a branching point means the same everywhere."""
ONE: Literal["one"] = "one"
SEVERAL: Literal["several"] = "several"


@dataclass(frozen=True)
class Task:
    """What is asked of a picture.

    Attributes:
        name: short, one word.
        title: for people.
        classes: names of the answers, in the order of the labels.
        kind: "one" answer a picture (softmax, judged by accuracy) or "several" (a sigmoid a class, judged by
            mean average precision).
    """

    name: str
    title: str
    classes: tuple[str, ...]
    kind: Literal["one", "several"] = "one"

    @property
    def measure(self) -> str:
        """What its rate is."""
        return "accuracy" if self.kind == ONE else "mean average precision"


@dataclass(frozen=True)
class TaskSetCard:
    """Pictures with several labels each.

    Attributes:
        name: on the command line and in links.
        title: for people.
        sentence: what the tasks are.
        tasks: the first is the one that the second is to help.
        shape: of an input, (features,) or (channels, rows, columns).
        blocks: of the trunk.
        loader: "module:function", a generator that yields progress and returns `TaskData`.
        fractions: of the training set that are compared.
        steps: updates of the weights.
        batch: pictures an update.
        rate: learning rate at the start; it falls to 0 along a line.
        folders: under WSL_DATA, each a choice of folders of which one is there; none for what comes with the
            program.
        origin: where the pictures come from.
        licence: of the pictures.
    """

    name: str
    title: str
    sentence: str
    tasks: tuple[Task, ...]
    shape: tuple[int, ...]
    blocks: tuple[Block, ...]
    loader: str
    fractions: tuple[float, ...]
    steps: int
    batch: int
    rate: float
    folders: tuple[tuple[str, ...], ...] = ()
    origin: str = ""
    licence: str = ""

    @property
    def offline(self) -> bool:
        """Whether it comes with the program."""
        return not self.folders

    @property
    def names(self) -> tuple[str, ...]:
        """Of its tasks."""
        return tuple(one.name for one in self.tasks)

    @property
    def outputs(self) -> tuple[int, ...]:
        """Of each task's last layer."""
        return tuple(len(one.classes) for one in self.tasks)

    def task(self, name: str) -> Task:
        """One of its tasks; KeyError where there is none of this name."""
        return next(one for one in self.tasks if one.name == name)

    def missing(self) -> str | None:
        """What is not there, in words; None where all is."""
        root = settings().data
        absent = [
            ways
            for ways in self.folders
            if root is None or not any((root / one).is_dir() for one in ways)
        ]
        if not absent:
            return None
        where = "WSL_DATA is not set" if root is None else f"WSL_DATA is {root}"
        wanted = ", ".join(" or ".join(ways) for ways in absent)
        return (
            f"The pictures of {self.title} are not there ({where}). Expected under WSL_DATA: {wanted}. "
            f"{self.origin} The task set {OFFLINE} needs no data."
        )


OFFLINE = "digits"
DIGIT = Task("digit", "which digit", tuple("0123456789"))
HERE = "wsl_core.transfer.multitask"
DIGIT_BLOCKS = (
    Block("conv", 8, pool=2),
    Block("conv", 16, pool=2),
    Block("dense", 48),
    Block("dense", 48),
)
GRID = tuple(
    f"{row} {column}"
    for row in ("top", "middle", "bottom")
    for column in ("left", "centre", "right")
)
PACS_CLASSES = ("dog", "elephant", "giraffe", "guitar", "horse", "house", "person")
PACS_DOMAINS = ("photo", "art_painting", "cartoon", "sketch")

TASK_SETS: dict[str, TaskSetCard] = {
    one.name: one
    for one in (
        TaskSetCard(
            name="digits",
            title="digits, turned",
            sentence="Handwritten digits, each turned by 0, 90, 180 or 270 degrees: which digit is it, and "
            "by how much is it turned? One task has to overlook what the other asks for.",
            tasks=(DIGIT, Task("rotation", "how it is turned", ("0°", "90°", "180°", "270°"))),
            shape=(1, 14, 14),
            blocks=DIGIT_BLOCKS,
            loader=f"{HERE}.digit_tasks:turned",
            fractions=(0.0167, 0.1667, 1.0),
            steps=400,
            batch=64,
            rate=1e-2,
            licence="MNIST, CC BY-SA 3.0",
        ),
        TaskSetCard(
            name="digits-style",
            title="digits, ink or negative",
            sentence="Handwritten digits, half of them as negatives: which digit is it, and is it white on "
            "black or black on white? The second task is easy and says nothing about the first.",
            tasks=(DIGIT, Task("style", "ink or negative", ("ink", "negative"))),
            shape=(1, 14, 14),
            blocks=DIGIT_BLOCKS,
            loader=f"{HERE}.digit_tasks:negatives",
            fractions=(0.0167, 0.1667, 1.0),
            steps=400,
            batch=64,
            rate=1e-2,
            licence="MNIST, CC BY-SA 3.0",
        ),
        TaskSetCard(
            name="voc",
            title="VOC, what and where",
            sentence="Photographs of PASCAL VOC: which of 20 kinds of object are there, and which cell of a "
            "3 × 3 grid holds the middle of the largest one? Small layers on frozen features of the "
            "default network.",
            tasks=(
                Task("objects", "which objects", voc.CLASSES, SEVERAL),
                Task("position", "where the largest one is", GRID),
            ),
            shape=(1280, 3, 3),
            blocks=(
                Block("conv", 64, kernel=1),
                Block("conv", 64),
                Block("dense", 64),
                Block("dense", 64),
            ),
            loader=f"{HERE}.feature_tasks:voc_tasks",
            fractions=(0.1, 0.3, 1.0),
            steps=200,
            batch=64,
            rate=3e-3,
            folders=(("voc/VOCdevkit/VOC2012", "voc/VOC2012"),),
            origin="It is published as VOCdevkit (Everingham et al., IJCV 2010).",
            licence="Flickr's terms of use, for research",
        ),
        TaskSetCard(
            name="pacs",
            title="PACS, what and how drawn",
            sentence="Photographs, paintings, cartoons and sketches of seven things: what is it, and which "
            "of the four is it? Small layers on frozen features of the default network.",
            tasks=(
                Task("object", "what it is", PACS_CLASSES),
                Task("domain", "how it is drawn", PACS_DOMAINS),
            ),
            shape=(1280,),
            blocks=tuple(Block("dense", 64) for _ in range(BLOCKS)),
            loader=f"{HERE}.feature_tasks:pacs_tasks",
            fractions=(0.1, 0.3, 1.0),
            steps=400,
            batch=64,
            rate=1e-3,
            folders=tuple((f"pacs/{one}", f"pacs/kfold/{one}") for one in PACS_DOMAINS),
            origin="Its authors publish it (Li et al., ICCV 2017), as kfold.zip.",
            licence="for research",
        ),
    )
}
"""Every task set by its name."""


def card(name: str) -> TaskSetCard:
    """The task set of this name.

    Raises:
        ParameterError: there is none.
    """
    if name not in TASK_SETS:
        raise ParameterError(
            f"There is no task set {name!r}. There are: {', '.join(TASK_SETS)}. Those whose names begin with "
            f"{OFFLINE} need no data."
        )
    return TASK_SETS[name]

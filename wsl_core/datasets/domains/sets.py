"""Where the sets of domain adaptation lie under WSL_DATA, in which layouts, and whence they come."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import DatasetError, ParameterError
from wsl_core.settings import settings


class Layout(BaseModel):
    """One way in which a set may lie.

    `files` are paths below the set's folder that are all there; a folder counts as a file.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    files: tuple[str, ...]


class SetCard(BaseModel):
    """A set of pictures: its folder under WSL_DATA, its layouts, and where to get it."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="Its folder under WSL_DATA.")
    title: str
    layouts: tuple[Layout, ...] = Field(description="The first that is there is read.")
    origin: str = Field(description="A sentence: where the files come from.")
    licence: str
    torchvision: str | None = Field(
        None, description="Class of torchvision.datasets that fetches it."
    )

    def layout(self, root: Path) -> Layout | None:
        """The layout that is there under the data folder `root`, or None."""
        for layout in self.layouts:
            if all((root / self.name / file).exists() for file in layout.files):
                return layout
        return None

    @property
    def accepted(self) -> str:
        """The files of every layout, in words."""
        ways = [" and ".join(f"{self.name}/{one}" for one in way.files) for way in self.layouts]
        return ", or ".join(ways)


SHEETS = ("train.webp", "train.npz", "test.webp", "test.npz")

SETS: dict[str, SetCard] = {
    one.name: one
    for one in (
        SetCard(
            name="mnist",
            title="MNIST",
            layouts=(
                Layout(name="torchvision", files=("MNIST/raw",)),
                Layout(name="plain", files=("train-images-idx3-ubyte.gz",)),
                Layout(name="plain", files=("train-images-idx3-ubyte",)),
            ),
            origin="torchvision.datasets.MNIST fetches it.",
            licence="CC BY-SA 3.0",
            torchvision="MNIST",
        ),
        SetCard(
            name="mnist_m",
            title="MNIST-M",
            layouts=(
                Layout(
                    name="published",
                    files=("mnist_m_train_labels.txt", "mnist_m_test_labels.txt"),
                ),
                Layout(name="sheets", files=SHEETS),
            ),
            origin="Its authors publish it (Ganin and Lempitsky, 2015), as mnist_m.tar.gz.",
            licence="non-commercial research",
        ),
        SetCard(
            name="svhn",
            title="SVHN",
            layouts=(
                Layout(name="published", files=("train_32x32.mat", "test_32x32.mat")),
                Layout(name="sheets", files=("test.webp", "test.npz")),
            ),
            origin="torchvision.datasets.SVHN fetches it, once with split='train' and once with 'test'.",
            licence="non-commercial use",
            torchvision="SVHN",
        ),
        SetCard(
            name="syn_numbers",
            title="SYN NUMBERS",
            layouts=(
                Layout(name="published", files=("synth_train_32x32.mat", "synth_test_32x32.mat")),
                Layout(name="sheets", files=("train.webp", "train.npz")),
            ),
            origin="Its authors publish it (Ganin and Lempitsky, 2015), as SynthDigits.zip.",
            licence="as its authors say",
        ),
        SetCard(
            name="syn_signs",
            title="SYN SIGNS",
            layouts=(Layout(name="sheets", files=("train.webp", "train.npz")),),
            origin="Its authors publish it (Moiseev et al., 2013); python -m wsl_core generate syn-signs "
            "--split train draws others.",
            licence="as its authors say",
        ),
        SetCard(
            name="gtsrb",
            title="GTSRB",
            layouts=(
                Layout(
                    name="published",
                    files=("GTSRB/Training", "GTSRB/Final_Test/Images", "GT-final_test.csv"),
                ),
                Layout(name="sheets", files=SHEETS),
            ),
            origin="torchvision.datasets.GTSRB fetches it, once with split='train' and once with 'test'.",
            licence="as the benchmark says, for research",
            torchvision="GTSRB",
        ),
        SetCard(
            name="usps",
            title="USPS",
            layouts=(Layout(name="torchvision", files=("usps.bz2", "usps.t.bz2")),),
            origin="torchvision.datasets.USPS fetches it, once with train=True and once with train=False.",
            licence="free for research",
            torchvision="USPS",
        ),
        SetCard(
            name="pacs",
            title="PACS",
            layouts=(
                Layout(name="published", files=("kfold/photo", "kfold/sketch")),
                Layout(name="folders", files=("photo", "sketch")),
            ),
            origin="Its authors publish it (Li et al., 2017), as kfold.zip.",
            licence="for research",
        ),
        SetCard(
            name="bsds",
            title="BSDS500",
            layouts=(
                Layout(name="published", files=("BSDS500/data/images",)),
                Layout(name="published", files=("images/train", "images/test")),
                Layout(name="pictures", files=(".",)),
            ),
            origin="Its authors publish it (Arbeláez et al., 2011), as BSR_bsds500.tgz.",
            licence="non-commercial research",
        ),
    )
}  # fmt: skip
"""Every set by the name of its folder."""


def folder_of(name: str, instead: str | None = None) -> Path:
    """The folder of a set that is there.

    Args:
        name: one of `SETS`.
        instead: the pair that needs no data, for the sentence.

    Raises:
        DatasetError: WSL_DATA is not set, or none of the set's layouts is there.
    """
    card = SETS[name]
    root = settings().data
    if root is not None and card.layout(root) is not None:
        return root / name
    where = "WSL_DATA is not set" if root is None else f"WSL_DATA is {root}"
    offline = f" The pair {instead} needs no data." if instead else ""
    raise DatasetError(
        f"{card.title} is not there ({where}). Expected under WSL_DATA: {card.accepted}. "
        f"{card.origin}{offline}"
    )


def layout_of(name: str) -> str:
    """The name of the layout in which a set is there; see `folder_of` for what is raised."""
    root = folder_of(name).parent
    layout = SETS[name].layout(root)
    assert layout is not None  # folder_of has looked
    return layout.name


def is_there(name: str) -> bool:
    """Whether a set can be read."""
    root = settings().data
    return root is not None and SETS[name].layout(root) is not None


def fetch(name: str, root: Path) -> None:
    """Fetch a set through torchvision into its folder under `root`; imports torchvision.

    Raises:
        ParameterError: torchvision does not know the set, or downloads are forbidden (WSL_DOWNLOADS).
        DatasetError: the download failed.
    """
    card = SETS[name]
    if card.torchvision is None:
        raise ParameterError(
            f"{card.title} cannot be fetched. {card.origin} Put it there yourself."
        )
    if not settings().downloads:
        raise ParameterError(
            f"{card.title} was not fetched: the settings have forbidden downloads (WSL_DOWNLOADS)."
        )
    from torchvision import datasets

    halves: tuple[dict[str, object], ...] = ({"train": True}, {"train": False})
    if card.torchvision in ("SVHN", "GTSRB"):
        halves = ({"split": "train"}, {"split": "test"})
    # torchvision makes a folder "gtsrb" of its own; the others take the folder as it is.
    place = root if card.torchvision == "GTSRB" else root / name
    try:
        place.mkdir(parents=True, exist_ok=True)
        for half in halves:
            getattr(datasets, card.torchvision)(str(place), download=True, **half)
    except (OSError, RuntimeError, ValueError) as error:
        raise DatasetError(
            f"{card.title} could not be fetched ({error}). Fetch it elsewhere and put it into {place}: "
            f"{card.accepted}."
        ) from None

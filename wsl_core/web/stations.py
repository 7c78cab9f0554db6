"""The stations of the lecture, in its order. A new page is a file in `pages/` and an entry here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """One half of the lecture."""

    title: str
    sentence: str


@dataclass(frozen=True)
class Station:
    """A page.

    Attributes:
        title: in the menu and on the home page.
        url: last part of its address, and the name of its file in `pages/` (see `entrance`).
        section: half of the lecture.
        sentence: what is seen there.
        icon: from the bundled font.
    """

    title: str
    url: str
    section: Section
    sentence: str
    icon: str

    @property
    def page(self) -> str:
        """Path for Streamlit's navigation and links."""
        return f"pages/{self.url}.py"


WEAK_SUPERVISION = Section(
    "Fully convolutional networks and weak supervision",
    "A classifier slid over a picture is a convolution. Its map, pooled into one score, learns where "
    "things are from labels that only say what is there.",
)
TRANSFER = Section(
    "Transfer and beyond",
    "Features learned on ImageNet carry to other tasks, other domains and classes never shown.",
)
SECTIONS = (WEAK_SUPERVISION, TRANSFER)

STATIONS = (
    Station(
        "Sliding window",
        "sliding_window",
        WEAK_SUPERVISION,
        "Write digits and see ten maps light up; slide a classifier over a photograph in one pass.",
        ":material/select_window:",
    ),
    Station(
        "Activation maps",
        "activation_maps",
        WEAK_SUPERVISION,
        "See which regions of a picture make which class, in the network's own units.",
        ":material/local_fire_department:",
    ),
    Station(
        "Pooling",
        "pooling",
        WEAK_SUPERVISION,
        "Turn the same map into a score in six ways, and see which regions each of them listens to.",
        ":material/filter_alt:",
    ),
    Station(
        "Localization",
        "localization",
        WEAK_SUPERVISION,
        "Turn maps into points and boxes, judge them, and see published beside measured.",
        ":material/my_location:",
    ),
    Station(
        "Segmentation",
        "segmentation",
        WEAK_SUPERVISION,
        "Turn maps into labels of pixels, watch a CRF at work on them, and see what it repairs and destroys.",
        ":material/format_paint:",
    ),
    Station(
        "Framework map",
        "framework",
        TRANSFER,
        "Labels on the source or not, on the target or not: what can be done then, and where to try it.",
        ":material/grid_view:",
    ),
    Station(
        "Retrieval",
        "retrieval",
        TRANSFER,
        "Find pictures that show the same thing by features that were learned for something else.",
        ":material/image_search:",
    ),
    Station(
        "Layer probes",
        "probes",
        TRANSFER,
        "Put a linear classifier on every layer, and see how much each knows of classes never taught.",
        ":material/layers:",
    ),
    Station(
        "Fine-tuning",
        "finetuning",
        TRANSFER,
        "Ten pictures a class: freeze a network, train all of it or some layers, and race them.",
        ":material/tune:",
    ),
    Station(
        "Few examples",
        "few_shot",
        TRANSFER,
        "Give a picture or two of each of your own classes, and the examples become the classifier.",
        ":material/filter_5:",
    ),
    Station(
        "Multitask",
        "multitask",
        TRANSFER,
        "Let two tasks share the first layers of a network, and see what each gains or loses.",
        ":material/fork_right:",
    ),
    Station(
        "Domain adaptation",
        "adaptation",
        TRANSFER,
        "Train on labelled pictures of one kind, name those of another: watch a domain classifier struggle.",
        ":material/swap_horiz:",
    ),
    Station(
        "Zero-shot",
        "zero_shot",
        TRANSFER,
        "Describe a class by attributes or by a word, and see whether it is found without one picture of it.",
        ":material/psychology_alt:",
    ),
)

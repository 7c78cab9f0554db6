"""The README's last table: each station with a state worth a picture, its command and its lines of Python.

`benchmarks.screenshot` makes the pictures, `benchmarks.readme` the table; a test runs the lines and has every
command read by the command line.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from wsl_core.web.stations import STATIONS, Station

PICTURES = "assets/stations"
SUFFIX = "webp"


@dataclass(frozen=True)
class Row:
    """What the table says of a station.

    Attributes:
        link: state of the page in the picture.
        shows: the picture in words.
        command: the same on the command line; empty where there is none.
        python: the same in Python.
    """

    link: dict[str, str]
    shows: str
    command: str
    python: tuple[str, ...]

    def address(self, station: str) -> str:
        """Path and query of the page in this state."""
        return f"{station}?{urlencode(self.link)}" if self.link else station


ROWS = {
    "sliding_window": Row(
        {"part": "window", "picture": "cat"},
        "a photograph with one window of a classifier marked on it, and the map of all windows",
        "heatmap holiday.jpg --size full --out maps",
        (
            "from wsl_core import images, networks",
            'photo = images.gallery.load("cat")',
            'maps = networks.load().class_maps(photo, "full")',
        ),
    ),
    "activation_maps": Row(
        {"picture": "coffee", "view": "two classes"},
        "a photograph with the maps of two classes painted over it on one scale",
        "heatmap holiday.jpg --top 3 --out maps",
        (
            "from wsl_core import images, networks",
            'maps = networks.load().class_maps(images.gallery.load("cat"))',
            'print(maps.top(3), maps.map("tabby"))',
        ),
    ),
    "pooling": Row(
        {"picture": "cat"},
        "one map under five ways of pooling, with the regions that each of them listens to",
        "heatmap holiday.jpg --head wildcat --out pooled",
        (
            "from wsl_core.fcn import comparison",
            "for name, reading in comparison.untrained(maps, {}).items(): print(name, reading.ranking(3))",
        ),
    ),
    "localization": Row(
        {"picture": "cat", "trained": "true"},
        "a cat with the point, the box and the beam search of its class map",
        "evaluate localization --data VOC2012 --format voc --split val --head finetuned",
        (
            "from wsl_core.fcn import localization",
            'found = localization.locate(maps, "tabby", [], 0.2)',
            "print(found.point, found.boxes)",
        ),
    ),
    "segmentation": Row(
        {"picture": "cat"},
        "a picture with the segments of its classes in colours, and the controls of the CRF",
        "segment holiday.jpg --head finetuned --out segments",
        (
            "from wsl_core.fcn.heads import Head",
            "from wsl_core.fcn.segmentation.on_picture import segment",
            'head = Head.load("finetuned")',
            "look = head.read(head.network().class_maps(photo))",
            'print(segment(look, photo, ["cat"]).before)',
        ),
    ),
    "framework": Row(
        {},
        "the lecture's table of transfer learning, with the methods of every cell",
        "",
        (
            "from wsl_core.framework import framework",
            "for cell in framework().cells: print(cell.title, [one.name for one in cell.methods])",
        ),
    ),
    "retrieval": Row(
        {},
        "a picture and the pictures of a collection that are most alike to it",
        "index photographs --out searchable",
        (
            "from wsl_core.transfer.retrieval import ask, examples, vector",
            'index = examples.load("things", "head").learned',
            "kind = index.descriptor()",
            "print(ask(index, vector(index, kind, kind.look(photo)), 5))",
        ),
    ),
    "probes": Row(
        {},
        "the accuracy of a linear classifier on every layer of a network",
        "probe --data photographs --train 30 --test 50",
        (
            "from wsl_core.transfer.probes.finished import finished",
            'for layer in finished("caltech101").layers: print(layer.name, layer.mean("svm"))',
        ),
    ),
    "finetuning": Row(
        {},
        "the race of six ways of using a trained network on ten pictures a class",
        "finetune --data photographs --train 10",
        (
            "from wsl_core.transfer.finetuning.finished import shipped_race",
            "for name, one in shipped_race().accuracies().items(): print(name, one.mean)",
        ),
    ),
    "few_shot": Row(
        {},
        "classes made of two pictures each, and the answer to another picture",
        "few-shot --data photographs --shots 1,5",
        (
            "from wsl_core.transfer.few_shot import ExampleClassifier, seen",
            'given = {"cat": [photo], "cup": [images.gallery.load("coffee")]}',
            "answer = ExampleClassifier.of(given).answer(seen(photo))",
        ),
    ),
    "multitask": Row(
        {},
        "a network whose first blocks two tasks share, and what each of them gains or loses",
        "multitask --data digits --shared 3",
        (
            "from wsl_core.transfer.multitask import finished as comparisons",
            'print(comparisons.load_shipped("digits").select(3, 1.0))',
        ),
    ),
    "adaptation": Row(
        {},
        "the features of two kinds of digits drawn together while a domain classifier struggles",
        "adapt --pair digits-dimmed --method dann",
        (
            "from wsl_core.datasets import domains",
            "from wsl_core.transfer.adaptation import AdaptationParameters",
            "from wsl_core.transfer.adaptation.fitting import fit",
            'pair = domains.load("digits-dimmed", seed=0)',
            'how = AdaptationParameters(method="dann").settled(pair.name)',
            "print(fit(pair.source, pair.target, how).predict(pair.evaluation.values))",
        ),
    ),
    "zero_shot": Row(
        {"chapter": "describe a class"},
        "a class described by attributes, and whether a picture is found to show it",
        "zero-shot --data AwA2 --method prototype",
        (
            "from wsl_core.transfer.zero_shot.shipped import animals",
            "table = animals().table",
            "print(table.classes, table.attributes)",
        ),
    ),
}


def table() -> str:
    """As Markdown."""
    lines = [
        "| Station | In the browser | Command (`python -m wsl_core` ...) | In Python |",
        "|---|---|---|---|",
    ]
    for one in STATIONS:
        row = ROWS[one.url]
        picture = f'<img src="{place(one)}" alt="{row.shows}" width="320">'
        command = f"`{row.command}`" if row.command else "none"
        python = "<br>".join(f"`{line}`" for line in row.python)
        lines.append(f"| **{one.title}** | {picture} | {command} | {python} |")
    return "\n".join(lines)


def place(station: Station) -> str:
    """Where the picture of a station lies in the project."""
    return f"{PICTURES}/{station.url}.{SUFFIX}"

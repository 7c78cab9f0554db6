"""The lines of Python that do what the parts of the Localization page show; a test runs them."""

import json

from wsl_core.datasets import voc
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.localization import Localization
from wsl_core.web import own_heads
from wsl_core.web.activation_maps.shown import picture_in_python
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.localization.looked import evaluation as config_of
from wsl_core.web.localization.pictures import FOLDER, FORMAT, SPLIT, Shown
from wsl_core.web.trained_heads import FURTHER, PRONET


def point(view: LocalizationView, shown: Shown, scheme: str, name: str, trained: bool) -> str:
    """The lines that give point, boxes and region of a class, and whether they are right."""
    return "\n".join(
        [
            *_maps(view, shown, trained, scheme),
            *_truth(shown, name),
            f'found = localization.locate(maps, "{name}", truth, {view.threshold})',
            "print(found.point, found.right, found.outside(found.point.x, found.point.y))",
            "print(found.boxes, found.overlaps)",
            "print(found.region.box, found.region.score)",
        ]
    )


def _maps(view: LocalizationView, shown: Shown, trained: bool, scheme: str) -> list[str]:
    """Imports, the picture, and the maps of VOC's classes, or those of a head that was trained here."""
    if view.head:
        known = f"from wsl_core.datasets import {_datasets(shown, trained)}"
        return [
            "from wsl_core import images",
            *([known] if shown.objects else []),
            "from wsl_core.fcn import activation_maps, localization",
            "from wsl_core.fcn.heads import Head",
            *_settings(shown),
            "",
            *_picture(shown),
            f"parameters = activation_maps.ActivationMapParameters({_looked_at(view)})",
            f'head = Head.load("{view.head.split("/")[1]}")  # {own_heads.FOLDER}',
            "maps = head.read(activation_maps.compute(head.network(), photo, parameters))",
        ]
    if trained and scheme == PRONET:
        return [
            "from wsl_core import images",
            f"from wsl_core.datasets import {_datasets(shown, trained)}",
            "from wsl_core.fcn import localization, pronet",
            *_settings(shown),
            "",
            *_picture(shown),
            f'head = pronet.ProNet.load("{scheme}")',
            "maps = head.look(head.network(), photo)",
        ]
    own = trained and scheme in FURTHER
    return [
        f"from wsl_core import images{'' if own else ', networks'}",
        f"from wsl_core.datasets import {_datasets(shown, trained)}",
        "from wsl_core.fcn import activation_maps, localization",
        "from wsl_core.fcn.heads import Head"
        if trained
        else "from wsl_core.fcn.localization.untrained import grouped",
        *_settings(shown),
        "",
        *_picture(shown),
        f"parameters = activation_maps.ActivationMapParameters({_looked_at(view)})",
        *([f'head = Head.load("{scheme}")'] if trained else []),
        "network = head.network()" if own else "network = networks.load(parameters.network)",
        "maps = activation_maps.compute(network, photo, parameters)",
        "maps = head.read(maps)"
        if trained
        else "maps = grouped(maps, relatives.kind_of(voc.CLASSES))",
    ]


def _looked_at(view: LocalizationView) -> str:
    """The parameters of the look that are not the defaults."""
    return ", ".join(
        f"{name}={getattr(view, name)!r}"
        for name, field in ActivationMapParameters.model_fields.items()
        if name != "threshold" and getattr(view, name) != field.default
    )


def _settings(shown: Shown) -> list[str]:
    return ["from wsl_core.settings import settings"] if shown.sample else []


def _datasets(shown: Shown, trained: bool) -> str:
    names = {"voc"} | (set() if trained else {"relatives"})
    if shown.sample:
        names.add("labelled")
    elif shown.objects:
        names.add("gallery_objects")
    return ", ".join(sorted(names))


def _picture(shown: Shown) -> list[str]:
    if not shown.sample:
        return [picture_in_python(shown.chosen)]
    return [
        f'pictures = labelled.read("{FORMAT}", settings().data / "{FOLDER}", "{SPLIT}").pictures',
        f'picture = next(one for one in pictures if one.name == "{shown.sample}")',
        "photo = images.read(picture.path)",
    ]


def _truth(shown: Shown, name: str) -> list[str]:
    if not shown.objects or name not in voc.CLASSES:
        return [f"truth = []  # nobody has said where a {name} is in this picture"]
    objects = (
        "picture.objects" if shown.sample else f'gallery_objects.objects("{shown.chosen.key}")'
    )
    return [
        f'index = voc.CLASSES.index("{name}")',
        f"truth = [one.box for one in {objects} if one.index == index and not one.difficult]",
    ]


def table(task: str, dataset: str) -> str:
    """The lines that read what was published, and what was measured where there is a file of it."""
    return "\n".join(
        [
            "import csv",
            "from pathlib import Path",
            "from wsl_core import published",
            "from wsl_core.figures import localization_results as results",
            "from wsl_core.figures import pooling_schemes",
            "",
            f'for row in published.rows("{task}", dataset="{dataset}"):',
            "    print(row.method, row.value, row.status, row.source)",
            'file = Path("benchmarks/results/localization.csv")',
            "if file.is_file():",
            "    found = results.read(csv.DictReader(file.open(newline='')))",
            f'    for one in results.over_all(found, "{_metric(task)}"):',
            "        print(one.head, one.initialisation, one.mean, one.deviation, one.pictures)",
            'file = Path("benchmarks/results/pooling_schemes.csv")',
            "if file.is_file():",
            "    every = pooling_schemes.read(csv.DictReader(file.open(newline='')))",
            f'    for verdict in pooling_schemes.verdicts(every, "{_metric(task)}"):',
            "        print([one.method for one in verdict.ranked], verdict.holds, verdict.clear)",
        ]
    )


def _metric(task: str) -> str:
    from wsl_core.figures.localization_results import METRICS

    return METRICS[task]


def classes(scheme: str) -> str:
    """The lines that read the figures of a scheme by class."""
    return "\n".join(
        [
            "import csv",
            "from pathlib import Path",
            "from wsl_core.figures import localization_results as results",
            "",
            'file = Path("benchmarks/results/localization.csv")',
            "if file.is_file():",
            "    found = results.read(csv.DictReader(file.open(newline='')))",
            f'    best = results.best(found, "{scheme}", "point_map")',
            "    if best:",
            '        for name, one in results.of_classes(found, best.setting, "point_ap").items():',
            "            print(name, one.mean, one.images)",
        ]
    )


def evaluation(view: LocalizationView) -> str:
    """The lines that measure as the job does."""
    return "\n".join([*_measured(view), "print(found.as_json())", "print(found.mistakes(6))"])


def _measured(view: LocalizationView) -> list[str]:
    config = config_of(view, "")
    named = ", ".join(
        f"{name}={config[name]!r}"
        for name in ("head", "network", "sizes", "mirror")
        if name in config
    )
    return [
        "from wsl_core.datasets import labelled",
        "from wsl_core.fcn import localization",
        "from wsl_core.settings import settings",
        "",
        f'pictures = labelled.read("{FORMAT}", settings().data / "{FOLDER}", "{SPLIT}")',
        f"read = localization.reader(pictures.classes, {named})",
        f"found = localization.evaluate(read, pictures, threshold={view.threshold})",
    ]


def placement(view: LocalizationView) -> str:
    """The lines that compare both placements along one side."""
    return "\n".join(
        [
            "from wsl_core import networks",
            "from wsl_core.fcn.localization import half_pixel",
            "",
            f'geometry = networks.load("{view.network}").geometry()',
            f"found = half_pixel.displacement(geometry, {view.side})",
            "print(found.exact, found.stretched, found.moved, found.constant)",
        ]
    )


def scaling(view: LocalizationView, shown: Shown, present: str, absent: str) -> str:
    """The lines that print what both maps reach."""
    return "\n".join(
        [
            *_maps(view, shown, False, ""),
            f"for name in ({present!r}, {absent!r}):",
            "    values = maps.map(name)",
            "    print(name, values.min(), values.max())",
        ]
    )


def threshold(view: LocalizationView) -> str:
    """The lines that choose thresholds on halves."""
    maps = None if view.halves == "all" else view.halves
    lines = _measured(view)
    lines.insert(2, "from wsl_core.fcn.localization import threshold_choice")
    return "\n".join(
        [
            *lines,
            "right = threshold_choice.covered(found.evidence)",
            f"print(threshold_choice.choose(right, {maps}))",
        ]
    )


def as_json(found: Localization) -> str:
    """All figures of a run, for other programs."""
    return json.dumps(found.as_json(), indent=1)

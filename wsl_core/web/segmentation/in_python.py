"""The lines of Python that do what the Segmentation page shows; a test runs them."""

from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.segmentation.crf_parameters import CrfParameters
from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.web.activation_maps.shown import picture_in_python
from wsl_core.web.localization.pictures import FOLDER, FORMAT, SPLIT
from wsl_core.web.segmentation.looked import SMALL, Looked, head
from wsl_core.web.segmentation.view import UNTRAINED, SegmentationView
from wsl_core.web.trained_heads import FINETUNED


def segments(looked: Looked, view: SegmentationView) -> str:
    """The lines that give labels before and after the CRF, and how well they fit the mask."""
    trained, own = head(view) != UNTRAINED, head(view) == FINETUNED
    fed = {name: getattr(view, name) for name in ("size", "scales", "mirror")}
    fed["network"] = looked.maps.network
    longest = "" if looked.found.scale == 1 else f", longest={SMALL}"
    judged = looked.subject.mask is not None
    sample, key = looked.subject.sample, looked.subject.chosen.key
    datasets = [] if trained else ["relatives", "voc"]
    if sample or judged:
        datasets += ["labelled"] if sample else ["gallery_masks"]
    lines = [
        f"from wsl_core import images{'' if own else ', networks'}",
        *([f"from wsl_core.datasets import {', '.join(sorted(datasets))}"] if datasets else []),
        "from wsl_core.fcn import activation_maps",
        *(
            ["from wsl_core.fcn.heads import Head"]
            if trained
            else ["from wsl_core.fcn.localization.untrained import grouped"]
        ),
        f"from wsl_core.fcn.segmentation import {'masks, ' * bool(sample and judged)}palette",
        "from wsl_core.fcn.segmentation.crf_parameters import CrfParameters",
        "from wsl_core.fcn.segmentation.on_picture import segment",
        "from wsl_core.fcn.segmentation.unary import UnaryParameters",
        *(["from wsl_core.settings import settings"] if sample else []),
        "",
        *_picture(looked),
        f"parameters = activation_maps.ActivationMapParameters({_changed(ActivationMapParameters, fed)})",
        *([f'head = Head.load("{view.scheme}")'] if trained else []),
        "network = head.network()" if own else "network = networks.load(parameters.network)",
        "maps = activation_maps.compute(network, photo, parameters)",
        "maps = head.read(maps)"
        if trained
        else "maps = grouped(maps, relatives.kind_of(voc.CLASSES))",
        f"unary = UnaryParameters({_changed(UnaryParameters, view.unary().model_dump())})",
        f"found = segment(maps, photo, {list(looked.found.names)!r}, unary{longest})",
        f"crf = CrfParameters({_changed(CrfParameters, view.crf().model_dump())})",
        "for number, update in enumerate(found.updates(crf)):",
        "    print(number, [round(float(share.mean()), 3) for share in update.shares])",
        'open("labels.png", "wb").write(palette.png(update.labels))',
    ]
    if judged:
        mask = "masks.read(picture, 20)" if sample else f'gallery_masks.mask("{key}")[0]'
        lines += [
            f"mask = {mask}",
            "print(found.overlaps(found.before, mask))",
            "print(found.overlaps(update.labels, mask))",
        ]
    return "\n".join(lines)


def _picture(looked: Looked) -> list[str]:
    sample = looked.subject.sample
    if not sample:
        return [picture_in_python(looked.subject.chosen)]
    return [
        f'pictures = labelled.read("{FORMAT}", settings().data / "{FOLDER}", "{SPLIT}").pictures',
        f'picture = next(one for one in pictures if one.name == "{sample}")',
        "photo = images.read(picture.path)",
    ]


def _changed(model: type, values: dict[str, object]) -> str:
    """Arguments that differ from the model's defaults."""
    fields = model.model_fields  # type: ignore[attr-defined]
    return ", ".join(
        f"{name}={value!r}" for name, value in values.items() if value != fields[name].default
    )


def table() -> str:
    """The lines that read what was published, and what was measured where there is a file of it."""
    return "\n".join(
        [
            "import csv",
            "from pathlib import Path",
            "from wsl_core import published",
            "from wsl_core.figures import segments_results",
            "",
            'for row in published.rows("segmentation"):',
            "    print(row.method, row.value, row.status, row.source, row.note)",
            'file = Path("benchmarks/results/segmentation.csv")',
            "if file.is_file():",
            "    found = segments_results.read(csv.DictReader(file.open(newline='')))",
            '    for labels in ("given", "predicted"):',
            "        for pair in segments_results.pairs(found, labels):",
            "            print(labels, pair.either.head, pair.before, pair.after)",
        ]
    )

"""What stands in each block of the README and of LeNet's card: a table and its circumstances, as Markdown.

Functions of measured rows are given those of a file in `benchmarks/results`, at least one.
"""

import json
from collections.abc import Mapping, Sequence
from statistics import fmean

from benchmarks import (
    class_maps,
    install,
    lenet,
    measure,
    pooling,
    pooling_schemes,
    readme_transfer,
    segmentation,
    sliding_window,
    station_rows,
)
from wsl_core import networks
from wsl_core.datasets import voc
from wsl_core.figures.localization_results import FREQUENT
from wsl_core.settings import Settings, variable

Rows = Sequence[Mapping[str, str]]


def of_class_maps(results: Rows) -> str:
    """The table of `benchmarks.class_maps`, with its circumstances."""
    first = results[0]
    busy = max(float(row["others_busy"]) for row in results)
    return (
        f"{class_maps.table(results)}\n\n"
        f"Medians of {first['rounds']} interleaved rounds, {first['threads']} threads, {first['date']}, "
        f"{first['machine']}; other processes took at most {100 * busy:.0f} % of "
        f"the processors; {first['versions']}."
    )


def of_install(results: Rows) -> str:
    """The table of `benchmarks.install`, with its circumstances."""
    first = results[0]
    system = first["machine"].rsplit(", ", 1)[-1]
    return f"{install.table(results)}\n\nMeasured {first['date']}, {system}; {first['versions']}."


APP_FIGURES = {
    "first_heatmap_s": ("from starting the server to the first heat map in the browser", "s"),
    "empty_page_s": ("the same for an empty Streamlit page", "s"),
    "first_ever_s": ("the very first start, which converts the network", "s"),
    "repaint_s": ("from moving a slider to the picture painted anew", "s"),
    "thirty_repaint_s": ("the same with thirty visitors, a move a second each", "s"),
    "server_mb": ("memory of the server after the first heat map", "MB"),
    "upload_growth_mb": ("what nineteen more photographs of 12 megapixels add to it", "MB"),
}


def of_app(results: Rows) -> str:
    """The figures of `benchmarks.app`, with their circumstances."""
    first = results[0]
    lines = [(what, f"{first[key]} {unit}") for key, (what, unit) in APP_FIGURES.items()]
    return (
        f"{measure.table([('time and memory', 'median'), *lines])}\n\n"
        f"{first['rounds']} starts of each server, {first['date']}, {first['machine']}; "
        f"{first['versions']}."
    )


def of_classroom(results: Rows) -> str:
    """What a class of `benchmarks.classroom` met, in sentences."""
    one = results[-1]
    return (
        f"Measured with {one['students']} students at once, each with a photograph of 12 megapixels, ten "
        f"moves of a control and a training: a repaint takes {one['median_repaint_s']} s at the median and "
        f"{one['p95_repaint_s']} s at the 95th percentile, {one['errors']} errors; once all have left, the "
        f"server holds {one['memory_ratio_after']} times the memory that it had before "
        f"({one['date']}, {one['machine']})."
    )


def of_settings() -> str:
    """Every setting: variable, default, meaning."""
    lines = []
    for name, field in Settings.model_fields.items():
        if field.default_factory is not None:
            folder = field.default_factory().parts  # type: ignore[call-arg]
            default = f"your user's {'data' if 'runs' in folder else 'cache'} folder"
        else:
            default = "none" if field.default is None else str(field.default)
        lines.append((f"`{variable(name)}`", default, field.description or ""))
    return measure.table([("variable", "default", "meaning"), *lines], left=3)


def of_networks() -> str:
    """Every card: whence its weights, how accurate it is published to be, what must be known of it."""
    heading = ("network", "weights", "published top-1", "score")
    rows = []
    for card in networks.CARDS.values():
        how = "to be fetched" if card.weights.kind == "downloaded" else "installed"
        score = "mean of the map" if card.head == "linear" else "the network's own, not the mean"
        size = f"{card.megabytes:.0f} MB, {how}"
        rows.append((f"`{card.name}`", size, f"{card.published_top1:.1%}", score))
    return measure.table([heading, *rows], left=2)


def of_sliding_window(results: Rows) -> str:
    """The figures of `benchmarks.sliding_window`, with their circumstances."""
    first = results[0]
    return (
        f"{sliding_window.table(results)}\n\n"
        f"Measured {first['date']}, {first['machine']}; {first['versions']}."
    )


def of_pooling(results: Rows) -> str:
    """The table of `benchmarks.pooling`, with its circumstances."""
    first = results[0]
    return (
        f"{pooling.table(results)}\n\n"
        f"Longer side {first['size']} px, {first['threads']} threads, medians of {first['rounds']} rounds, "
        f"{first['date']}, {first['machine']}; {first['versions']}."
    )


def of_localization(rows: Rows) -> str:
    """What the shipped heads reach on VOC's pictures, as `make heads` measured it."""
    results = [row for row in rows if not row["class"]]
    value = {(row["head"], row["metric"]): float(row["value"]) for row in results}
    sizes = {row["head"]: row["sizes"].replace(",", ", ") for row in results}
    heads = sorted(sizes, key=lambda head: -value[head, "point_map"])
    heading = ("head", "sizes, px", "classification mAP", "point mAP", "centre of the picture")
    metrics = ("classification_map", "point_map", "centre_map")
    rows = [
        (f"`{head}`", sizes[head], *(f"{value[head, one]:.1%}" for one in metrics))
        for head in heads
    ]
    first, dates = results[0], sorted({row["date"] for row in results})
    when = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    return (
        f"{measure.table([heading, *rows])}\n\n"
        f"{first['data']}, a subset of {first['pictures']} pictures, so not comparable with published "
        f"figures; mean over 20 classes, mirrored pictures too; one seed, {when}. "
        f"The standard deviation over such samples is about two points."
    )


def of_segmentation(results: Rows) -> str:
    """The table of `benchmarks.segmentation`, with its circumstances."""
    first, crf = results[0], measure.read(segmentation.CRF)[0]
    return (
        f"{segmentation.table(results)}\n\n"
        f"mIoU over {len(voc.CLASSES)} classes and the background. {first['data']}, a subset of "
        f"{first['pictures']} pictures with masks, so not comparable with published figures; the rule was "
        f"chosen on masks of train. {first['date']}, {first['machine']}. Ten updates of the CRF for three "
        f"labels at 500 x 375 px take {float(crf['crf_s']):.2f} s of one core, and give "
        f"{float(crf['exact_agreement']):.1%} of the pixels the label of the exact sum; with DeepLab's "
        f"narrow kernels they take {float(crf['crf_deeplab_s']):.1f} s."
    )


def of_pooling_schemes(results: Rows) -> str:
    """The table of `benchmarks.pooling_schemes`, with its circumstances."""
    first = results[0]
    return (
        f"{pooling_schemes.table(results)}\n\n"
        f"{first['data']}, a subset of {first['pictures']} pictures; means and standard deviations over "
        f"{max(int(row['seeds']) for row in results)} seeds, one seed where there is no deviation; frequent "
        f"are classes with {FREQUENT} pictures or more; {first['date']}, {first['machine']}. Drawing other "
        f"pictures changes a point mAP by "
        f"{100 * fmean(float(row['point_map_bootstrap']) for row in results):.1f} points."
    )


def of_lenet(results: Rows) -> str:
    """The table of `benchmarks.lenet`, with its circumstances."""
    first = results[0]
    return (
        f"{lenet.table(results)}\n\n"
        f"A digit counts as found where its own class reaches a probability of {first['threshold']} "
        f"within {float(first['within_px']):.0f} pixels of its middle. Measured {first['date']}, "
        f"{first['machine']}; {first['versions']}."
    )


def of_training() -> str:
    """How the shipped LeNet was trained, as its file says."""
    from safetensors import safe_open

    with safe_open(networks.card("lenet").weights_path(), "numpy") as file:
        facts = json.loads(file.metadata()["training"])
    digits, held_out = int(facts["digits"]), int(facts["held_out"])
    return (
        f"Trained on the first {digits - held_out:,} digits of MNIST's training half, with seed "
        f"{facts['seed']}: {int(facts['steps']):,} updates of {facts['batch']} windows. Of the other "
        f"{held_out:,} digits, on which choices were made, {100 * float(facts['accuracy']):.2f} % are "
        f"recognised."
    )


MEASURED = {
    "class_maps": (of_class_maps, "make bench"),
    "install": (of_install, "make bench"),
    "app": (of_app, "make bench"),
    "classroom": (of_classroom, "python -m benchmarks.classroom --write"),
    "sliding_window": (of_sliding_window, "python -m benchmarks.sliding_window --write"),
    "pooling": (of_pooling, "python -m benchmarks.pooling --write"),
    "localization": (of_localization, "make heads"),
    "segmentation": (of_segmentation, "python -m benchmarks.segmentation --write"),
    "pooling_schemes": (of_pooling_schemes, "python -m benchmarks.pooling_schemes --write"),
    "words": (readme_transfer.of_words, "python -m benchmarks.words --write"),
    "retrieval": (readme_transfer.of_retrieval, "python -m benchmarks.retrieval --write"),
    "probes": (readme_transfer.of_probes, "python -m benchmarks.probes --write"),
    "multitask": (readme_transfer.of_multitask, "python -m benchmarks.multitask --write"),
    "zero_shot": (readme_transfer.of_zero_shot, "python -m benchmarks.zero_shot --write"),
    "few_shot": (readme_transfer.of_few_shot, "python -m benchmarks.few_shot --write"),
    "finetuning": (readme_transfer.of_finetuning, "make races"),
    "adaptation_pairs": (
        readme_transfer.of_adaptation_pairs,
        "python -m benchmarks.adaptation_pairs --write",
    ),
    "lenet": (of_lenet, "python -m benchmarks.lenet --write"),
}
"""By the name of the file and of the block: what is said of its rows, and the command that writes them."""

DECLARED = {
    "networks": of_networks,
    "settings": of_settings,
    "training": of_training,
    "stations": station_rows.table,
}
"""By the name of the block: what the program itself declares."""


def block(name: str) -> str:
    """A block by its name."""
    if name in DECLARED:
        return DECLARED[name]()
    words, command = MEASURED[name]
    rows = measure.read(name)
    return words(rows) if rows else f"Not measured yet: `{command}`."

"""Puts measured figures and the settings into the README, and LeNet's into its card, between markers.

    python -m benchmarks.readme

A block stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`; what is written there by hand is
lost. Figures come from `benchmarks/results`, settings from `wsl_core.settings`.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean

from benchmarks import (
    adaptation_pairs,
    class_maps,
    few_shot,
    finetuning,
    install,
    lenet,
    measure,
    multitask,
    pooling,
    pooling_schemes,
    probes,
    retrieval,
    sliding_window,
)
from wsl_core import networks
from wsl_core.figures.localization_results import FREQUENT
from wsl_core.settings import Settings, variable

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def class_maps_block() -> str:
    """The table of `benchmarks.class_maps`, with its circumstances."""
    results = measure.read("class_maps")
    if not results:
        return "Not measured yet: `make bench`."
    first = results[0]
    busy = max(float(row["others_busy"]) for row in results)
    return (
        f"{class_maps.table(results)}\n\n"
        f"Medians of {first['rounds']} interleaved rounds, {first['threads']} threads, {first['date']}, "
        f"{first['machine']}; other processes took at most {100 * busy:.0f} % of "
        f"the processors; {first['versions']}."
    )


def install_block() -> str:
    """The table of `benchmarks.install`, with its circumstances."""
    results = measure.read("install")
    if not results:
        return "Not measured yet: `make bench`."
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


def app_block() -> str:
    """The figures of `benchmarks.app`, with their circumstances."""
    results = measure.read("app")
    if not results:
        return "Not measured yet: `make bench`."
    first = results[0]
    lines = [(what, f"{first[key]} {unit}") for key, (what, unit) in APP_FIGURES.items()]
    return (
        f"{measure.table([('time and memory', 'median'), *lines])}\n\n"
        f"{first['rounds']} starts of each server, {first['date']}, {first['machine']}; "
        f"{first['versions']}."
    )


def settings_block() -> str:
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


def networks_block() -> str:
    """Every card: whence its weights, how accurate it is published to be, what must be known of it."""
    heading = ("network", "weights", "published top-1", "score")
    rows = []
    for card in networks.CARDS.values():
        how = "to be fetched" if card.weights.kind == "downloaded" else "installed"
        score = "mean of the map" if card.head == "linear" else "the network's own, not the mean"
        size = f"{card.megabytes:.0f} MB, {how}"
        rows.append((f"`{card.name}`", size, f"{card.published_top1:.1%}", score))
    return measure.table([heading, *rows], left=2)


def sliding_window_block() -> str:
    """The figures of `benchmarks.sliding_window`, with their circumstances."""
    results = measure.read("sliding_window")
    if not results:
        return "Not measured yet: `python -m benchmarks.sliding_window --write`."
    first = results[0]
    return (
        f"{sliding_window.table(results)}\n\n"
        f"Measured {first['date']}, {first['machine']}; {first['versions']}."
    )


def pooling_block() -> str:
    """The table of `benchmarks.pooling`, with its circumstances."""
    results = measure.read("pooling")
    if not results:
        return "Not measured yet: `python -m benchmarks.pooling --write`."
    first = results[0]
    return (
        f"{pooling.table(results)}\n\n"
        f"Longer side {first['size']} px, {first['threads']} threads, medians of {first['rounds']} rounds, "
        f"{first['date']}, {first['machine']}; {first['versions']}."
    )


def localization_block() -> str:
    """What the shipped heads reach on VOC's pictures, as `make heads` measured it."""
    results = [row for row in measure.read("localization") if not row["class"]]
    if not results:
        return "Not measured yet: `make heads`."
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


def pooling_schemes_block() -> str:
    """The table of `benchmarks.pooling_schemes`, with its circumstances."""
    results = measure.read(pooling_schemes.TABLE)
    if not results:
        return "Not measured yet: `python -m benchmarks.pooling_schemes --write`."
    first = results[0]
    return (
        f"{pooling_schemes.table(results)}\n\n"
        f"{first['data']}, a subset of {first['pictures']} pictures; means and standard deviations over "
        f"{max(int(row['seeds']) for row in results)} seeds, one seed where there is no deviation; frequent "
        f"are classes with {FREQUENT} pictures or more; {first['date']}, {first['machine']}. Drawing other "
        f"pictures changes a point mAP by "
        f"{100 * fmean(float(row['point_map_bootstrap']) for row in results):.1f} points."
    )


def retrieval_block() -> str:
    """The table of `benchmarks.retrieval`, with its circumstances."""
    results = measure.read(retrieval.NAME)
    if not results:
        return "Not measured yet: `python -m benchmarks.retrieval --write`."
    first = results[0]
    return (
        f"{retrieval.table(results)}\n\n"
        f"{first['data']}: {int(first['queries']):,} pictures of test ask {int(first['base']):,} of train, "
        f"{first['classes']} classes, {first['ranks']} ranks, exact duplicates left out; standard error of "
        f"the first mAP {float(first['map_se']):.1%}; recipes were fixed before this measurement. "
        f"{first['date']}, {first['machine']}; {first['versions']}."
    )


def probes_block() -> str:
    """The table of `benchmarks.probes`, with its circumstances."""
    results = measure.read(probes.NAME)
    if not results:
        return "Not measured yet: `python -m benchmarks.probes --write`."
    first = results[0]
    return (
        f"{probes.table(results)}\n\n"
        f"Percent, mean of the classes' accuracies. {first['data']}, a subset of {int(first['pictures']):,} "
        f"pictures in {first['classes']} classes: {first['draws']} draws of {first['train']} a class to "
        f"train on and at most {first['test']} to test on, with standard deviation; fixed split "
        f"{int(first['fixed_train']):,} and {int(first['fixed_test']):,}. `{first['network']}`, squares of "
        f"{first['side']} px; seed {first['seed']}; {first['date']}, {first['machine']}; {first['versions']}."
    )


def multitask_block() -> str:
    """The table of `benchmarks.multitask`, with its circumstances."""
    results = measure.read(multitask.TABLE)
    if not results:
        return "Not measured yet: `python -m benchmarks.multitask --write`."
    dates = sorted({row["date"] for row in results})
    machines = "; ".join(dict.fromkeys(row["machine"] for row in results))
    when = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    said = "; ".join(dict.fromkeys(row["said"] for row in results))
    return (
        f"{multitask.table(multitask.brief(results))}\n\n"
        f"Percent on held-out pictures (mean average precision where several objects are asked for); changes "
        f"are relative to the task alone, with 95 % intervals over {results[0]['seeds']} seeds. {said}. "
        f"{when}, {machines}."
    )


def finetuning_block() -> str:
    """The tables of `benchmarks.finetuning`, with their circumstances."""
    results = measure.read(finetuning.NAME)
    parts = []
    for kind, sentence in finetuning.KINDS.items():
        own = [row for row in results if row["kind"] == kind]
        if own:
            first = own[0]
            parts.append(
                f"{sentence}\n\n{finetuning.table(own, kind)}\n\n{first['data']}: {first['train']} pictures "
                f"to learn from, {first['validation']} kept aside, {first['test']} tested; "
                f"{finetuning.draws(first['seeds'])}; {first['date']}, {first['machine']}; "
                f"{first['versions']}."
            )
    return "\n\n".join(parts) or "Not measured yet: `make races`."


def adaptation_pairs_block() -> str:
    """The table of `benchmarks.adaptation_pairs`, with its circumstances."""
    results = measure.read(adaptation_pairs.TABLE)
    if not results:
        return "Not measured yet: `python -m benchmarks.adaptation_pairs --write`."
    dates = sorted(row["date"] for row in results)
    machines = "; ".join(dict.fromkeys(row["machine"] for row in results))
    return (
        f"{adaptation_pairs.table(results)}\n\n"
        f"Percent on labelled pictures of the target, seen by the evaluation only; means and standard "
        f"deviations over the seeds; seconds of one training. Source only is given with the source's mean "
        f"and, centred, with the target's own; the gap is measured from the better of both, and where there "
        f"are no labelled target pictures there is none. {dates[0]} to {dates[-1]}, {machines}."
    )


def few_shot_block() -> str:
    """The table of `benchmarks.few_shot`, with its circumstances."""
    results = measure.read(few_shot.TABLE)
    if not results:
        return "Not measured yet: `python -m benchmarks.few_shot --write`."
    first = results[0]
    draws = ", ".join(
        f"{n} ({ways}-way)" for ways, n in dict.fromkeys((r["ways"], r["draws"]) for r in results)
    )
    return (
        f"{few_shot.table(results)}\n\n"
        f"Percent right, mean over classes and draws, ± half the 95 % interval over the draws: {draws}, the "
        f"same for every classifier. {first['data']}, {first['protocol']}; frozen features of "
        f"`{first['network']}`; {first['date']}, {first['machine']}. ImageNet has relatives of many of these "
        f"classes, so the figures are not comparable with published few-shot figures."
    )


def lenet_block() -> str:
    """The table of `benchmarks.lenet`, with its circumstances."""
    results = measure.read("lenet")
    if not results:
        return "Not measured yet: `python -m benchmarks.lenet --write`."
    first = results[0]
    return (
        f"{lenet.table(results)}\n\n"
        f"A digit counts as found where its own class reaches a probability of {first['threshold']} "
        f"within {float(first['within_px']):.0f} pixels of its middle. Measured {first['date']}, "
        f"{first['machine']}; {first['versions']}."
    )


def training_block() -> str:
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


BLOCKS: dict[str, Callable[[], str]] = {
    "class_maps": class_maps_block,
    "install": install_block,
    "app": app_block,
    "networks": networks_block,
    "sliding_window": sliding_window_block,
    "pooling": pooling_block,
    "localization": localization_block,
    "pooling_schemes": pooling_schemes_block,
    "retrieval": retrieval_block,
    "probes": probes_block,
    "multitask": multitask_block,
    "few_shot": few_shot_block,
    "finetuning": finetuning_block,
    "adaptation_pairs": adaptation_pairs_block,
    "settings": settings_block,
}
LENET_BLOCKS = {"training": training_block, "lenet": lenet_block}
DOCUMENTS: dict[Path, Mapping[str, Callable[[], str]]] = {
    README: BLOCKS,
    ROOT / "assets" / "lenet" / "README.md": LENET_BLOCKS,
}


def filled(text: str, blocks: Mapping[str, Callable[[], str]] = BLOCKS) -> str:
    """The text of a document with every block made anew.

    Raises:
        ValueError: the markers of a block are missing.
    """
    for name, block in blocks.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"The document has no markers {begin} and {end}.")
        made = f"{begin}\n{block()}\n{end}"
        text = pattern.sub(lambda _, made=made: made, text)
    return text


def main() -> None:
    """Fill the documents in place."""
    for document, blocks in DOCUMENTS.items():
        text = filled(document.read_text(encoding="utf-8"), blocks)
        document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

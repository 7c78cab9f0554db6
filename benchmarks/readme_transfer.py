"""What the README says of transfer, made from the result files; see `readme_blocks`."""

from collections.abc import Mapping, Sequence

from benchmarks import (
    adaptation_pairs,
    few_shot,
    finetuning,
    multitask,
    probes,
    retrieval,
    words,
    zero_shot,
)

Rows = Sequence[Mapping[str, str]]


def of_retrieval(results: Rows) -> str:
    """The table of `benchmarks.retrieval`, with its circumstances."""
    first = results[0]
    return (
        f"{retrieval.table(results)}\n\n"
        f"{first['data']}: {int(first['queries']):,} pictures of test ask {int(first['base']):,} of train, "
        f"{first['classes']} classes, {first['ranks']} ranks, exact duplicates left out; standard error of "
        f"the first mAP {float(first['map_se']):.1%}; recipes were fixed before this measurement. "
        f"{first['date']}, {first['machine']}; {first['versions']}."
    )


def of_probes(results: Rows) -> str:
    """The table of `benchmarks.probes`, with its circumstances."""
    first = results[0]
    return (
        f"{probes.table(results)}\n\n"
        f"Percent, mean of the classes' accuracies. {first['data']}, a subset of {int(first['pictures']):,} "
        f"pictures in {first['classes']} classes: {first['draws']} draws of {first['train']} a class to "
        f"train on and at most {first['test']} to test on, with standard deviation; fixed split "
        f"{int(first['fixed_train']):,} and {int(first['fixed_test']):,}. `{first['network']}`, squares of "
        f"{first['side']} px; seed {first['seed']}; {first['date']}, {first['machine']}; {first['versions']}."
    )


def of_multitask(results: Rows) -> str:
    """The table of `benchmarks.multitask`, with its circumstances."""
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


def of_finetuning(results: Rows) -> str:
    """The tables of `benchmarks.finetuning`, with their circumstances."""
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
    return "\n\n".join(parts)


def of_adaptation_pairs(results: Rows) -> str:
    """The table of `benchmarks.adaptation_pairs`, with its circumstances."""
    dates = sorted(row["date"] for row in results)
    machines = "; ".join(dict.fromkeys(row["machine"] for row in results))
    return (
        f"{adaptation_pairs.table(results)}\n\n"
        f"Percent on labelled pictures of the target, seen by the evaluation only; means and standard "
        f"deviations over the seeds; seconds of one training. Source only is given with the source's mean "
        f"and, centred, with the target's own; the gap is measured from the better of both, and where there "
        f"are no labelled target pictures there is none. {dates[0]} to {dates[-1]}, {machines}."
    )


def of_few_shot(results: Rows) -> str:
    """The table of `benchmarks.few_shot`, with its circumstances."""
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


def of_words(results: Rows) -> str:
    """The table of `benchmarks.words`, with its circumstances."""
    first = results[0]
    told = "; ".join(
        f"{one['vectors']}: {float(one['things_placed']):.0%} of things placed, "
        f"{float(one['others_refused']):.0%} of other words refused"
        for one in {row["vectors"]: row for row in results if row["things_placed"]}.values()
    )
    counts = "; ".join(
        dict.fromkeys(f"{row['data']}, {int(row['pictures']):,} pictures" for row in results)
    )
    return (
        f"{words.table(results)}\n\n"
        f"Percent of points within 18 px of a box of the thing, mean over 20 classes; {counts}. All was "
        f"chosen on another half of `train`. Has a word a relative among the classes, on 80 words that no "
        f"choice has seen: {told}. {first['date']}, {first['machine']}."
    )


def of_zero_shot(results: Rows) -> str:
    """The table of `benchmarks.zero_shot`, with its circumstances."""
    first = results[0]
    sets = "; ".join(
        dict.fromkeys(f"{row['data']} ({int(row['pictures']):,} pictures)" for row in results)
    )
    return (
        f"{zero_shot.table(results)}\n\n"
        f"Percent, mean over classes (± standard deviation over draws). Alone: unseen classes compete among "
        f"themselves. Harmonic mean: of seen and unseen classes where all compete, with a constant off the "
        f"scores of seen ones (calibrated stacking) that was chosen, as all else, on left-out seen classes. "
        f"{sets}; frozen features of `{first['network']}`; seed {first['seed']}; {first['date']}, "
        f"{first['machine']}. Subsets, so not comparable with published figures; which classes are unseen "
        f"counts for more than the method."
    )

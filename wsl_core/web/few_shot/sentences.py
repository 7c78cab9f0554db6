"""What the Few examples page says, made from its numbers."""

from collections.abc import Mapping, Sequence

import numpy as np

from wsl_core.figures.ink import number, percent
from wsl_core.transfer.few_shot import HEADS, Answer
from wsl_core.web.sentences import listed, plain

SHOW = "Just show me"
ALWAYS = (
    "It always names one of your classes, even where none is in the picture: then all of them are nearly as "
    "far away."
)


def head(name: str) -> str:
    """What a head does, and its source."""
    card = HEADS[name]
    return f"{plain(card.title)}: {plain(card.sentence)} *{plain(card.source)}*"


def needed(empty: Sequence[str]) -> str:
    """Which classes have no example."""
    names = listed([f"**{plain(name)}**" for name in empty])
    return f"A classifier needs an example of every class. There is none of {names}: add a picture."


def shots(counts: Sequence[int]) -> str:
    """How many examples there are, in the field's words."""
    if set(counts) == {1}:
        return "One-shot: one example of each class."
    if len(set(counts)) == 1:
        return f"{counts[0]} examples of each class."
    return f"{min(counts)} to {max(counts)} examples of each class."


def verdict(answer: Answer, counts: Sequence[int]) -> str:
    """The answer, by how much, and from how many examples."""
    order = np.argsort(-answer.scores)
    best, second = answer.names[order[0]], answer.names[order[1]]
    return f"**{plain(best)}**, {number(answer.margin)} above {plain(second)}. {shots(counts)} {ALWAYS}"


def unit(answer: Answer) -> str:
    """What the bars are."""
    if answer.cosine:
        two = " Of two classes that mean lies halfway, so what speaks for one speaks against the other."
        return (
            "Cosine with each class, −1 to 1, after the mean of all examples was subtracted."
            f"{two if len(answer.names) == 2 else ''}"
        )
    return "Logits: weights of the probe times the features; only their differences count."


def map_unit(answer: Answer) -> str:
    """What the colours are."""
    what = "similarity" if answer.cosine else "logits"
    return (
        f"{what}; the mean over the cells is the figure above, all classes on one scale. Red speaks for the "
        f"class, blue against it, clear is zero."
    )


def scores(answer: Answer) -> str:
    """All scores in words."""
    pairs = zip(answer.names, answer.scores, strict=True)
    what = "Similarity" if answer.cosine else "Logit"
    return f"{what}: {', '.join(f'{name} {number(float(value))}' for name, value in pairs)}."


def alternative_text(answer: Answer, which: int, title: str) -> str:
    """What the picture with its map shows."""
    values = answer.maps[which]
    row, column = np.unravel_index(values.argmax(), values.shape)
    x, y = answer.placement.centre(int(row), int(column))
    width, height = answer.placement.across.picture_side, answer.placement.down.picture_side
    return (
        f"{title}, with what each of {values.size} cells says of {answer.names[which]}. {scores(answer)} "
        f"The strongest cell, {number(float(values.max()))}, lies at {x / width:.0%} of the width and "
        f"{y / height:.0%} of the height."
    )


def table(answer: Answer, counts: Sequence[int]) -> tuple[list[str], list[list[str]]]:
    """A row a class."""
    head_line = ["class", "examples", "similarity" if answer.cosine else "logit", "strongest cell"]
    rows = [
        [plain(name), str(count), number(float(score)), number(float(values.max()))]
        for name, count, score, values in zip(
            answer.names, counts, answer.scores, answer.maps, strict=True
        )
    ]
    return head_line, rows


def measured_table(rows: Sequence[Mapping[str, str]]) -> tuple[list[str], list[list[str]]]:
    """A row a head, a column a number of examples, with 95 % intervals."""
    counts = sorted({int(row["shots"]) for row in rows})
    found = {(row["head"], int(row["shots"])): row for row in rows}
    body = [
        [
            titled(name),
            *(
                f"{percent(float(found[name, n]['accuracy']))} ± "
                f"{100 * float(found[name, n]['interval_95']):.1f}"
                for n in counts
            ),
        ]
        for name in dict.fromkeys(row["head"] for row in rows)
    ]
    return ["classifier", *("one-shot" if n == 1 else f"{n} shots" for n in counts)], body


def titled(name: str) -> str:
    """A head, or a strategy of fine-tuning, for people."""
    return HEADS[name].title if name in HEADS else f"Fine-tuning ({name.replace('-', ' ')})"


FINETUNING = (
    "The whole network can be trained on the same examples, too. These are few draws, small pictures and one "
    "strategy with its usual settings, so the intervals are wide; frozen features are read at the same size."
)


def finetuned(row: Mapping[str, str]) -> str:
    """Counts, sizes, date and machine of the comparison with fine-tuning."""
    return (
        f"{row['data']}; {row['ways']}-way, {row['draws']} draws, the same for all rows; {row['network']}, "
        f"pictures of {row['size']} px; {float(row['strategy_cpu_s']):.0f} CPU seconds of training in all; "
        f"{row['date']}, {row['machine']}."
    )


def circumstances(row: Mapping[str, str]) -> str:
    """Data, protocol, counts, network, date and machine of the figures."""
    return (
        f"{row['data']}, {row['pictures']} pictures; {row['protocol']}; {row['draws']} draws, "
        f"{float(row['queries_per_draw']):.0f} queries each, the same draws for every classifier; "
        f"{row['network']}, frozen, sizes {str(row['sizes']).replace(',', ', ')} px; {row['date']}, "
        f"{row['machine']}. Mean over classes, then over draws; ± is half the 95 % interval over draws, and "
        f"covers neither other classes nor another network."
    )


def hard(
    names: Sequence[str], values: Sequence[float], most: int
) -> tuple[list[str], list[list[str]]]:
    """The classes that are named wrongly most often, and those that hardly ever are."""
    order = np.argsort(values)
    low, high = order[:most], order[::-1][:most]
    rows = [
        [_name(names[a]), percent(values[a], 0), _name(names[b]), percent(values[b], 0)]
        for a, b in zip(low, high, strict=True)
    ]
    return ["hardest", "right", "easiest", "right"], rows


def _name(text: str) -> str:
    return plain(text.replace("_", " "))

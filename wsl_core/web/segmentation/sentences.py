"""What the Segmentation page says, in words and tables made from numbers."""

from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.figures.ink import percent
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.localization.controls import NO_HEADS
from wsl_core.web.segmentation.looked import Labels, Looked, head
from wsl_core.web.segmentation.view import (
    CHOSEN,
    KNOWN,
    PLAIN,
    UNTRAINED,
    SegmentationView,
)
from wsl_core.web.sentences import listed
from wsl_core.web.trained_heads import title

LARGER, SMALLER, SAME = "larger", "smaller", "about the same"
ANSWERS = (LARGER, SMALLER, SAME)
CLOSE = 0.05  # of its area: a change that counts as none
QUESTION = "Will the CRF make the area of **{}** larger or smaller?"
PRESET_NAMES = {
    "weak-cam": "For class maps",
    "deeplab": "DeepLab's",
    "original": "The paper's own",
}  # fmt: skip
PRESET_HELP = {
    "weak-cam": "As Ahn and Kwak refine weak class maps (CVPR 2018, their code).",
    "deeplab": "As DeepLab refines a network that was trained with masks (TPAMI 2018).",
    "original": "The same widths, but kernels that are not normalised (Krähenbühl and Koltun, NIPS 2011).",
}
RULES = {
    "Plain": (PLAIN, "A class's share of its maximum, and a threshold for the background."),
    "As measured": (
        UnaryParameters(),
        "As the evaluation does it, with values chosen on pictures with masks: cells that look alike share "
        "their evidence first.",
    ),
}
"""Values and what they are, by the name of a button."""
NO_MASK = (
    "Nobody has outlined the objects of this picture, so nothing says how good the labels are. Pictures with "
    "masks: the worked scene, the gallery's cat, motorcycle, astronaut, scenes and collages, and VOC's."
)


def question(looked: Looked) -> tuple[str, str]:
    """What is asked before the CRF is shown, of the class with the largest area, and the right answer."""
    before, after = (
        looked.areas(one) for one in (looked.worked.labels[0], looked.worked.labels[-1])
    )
    place = max(range(1, len(before)), key=lambda k: before[k])
    change = after[place] - before[place]
    answer = SAME if abs(change) <= CLOSE * before[place] else LARGER if change > 0 else SMALLER
    return QUESTION.format(looked.names[place]), answer


def change_sentence(looked: Looked) -> str:
    """How the areas change by the CRF."""
    first, last = looked.worked.labels[0], looked.worked.labels[-1]
    pairs = zip(looked.names, looked.areas(first), looked.areas(last), strict=True)
    moved = float((first != last).mean())
    areas = listed([f"{name} from {percent(a)} to {percent(b)}" for name, a, b in pairs])
    return f"The CRF gives {percent(moved)} of the pixels another label. Areas: {areas}."


def update_sentence(looked: Looked, labels: Labels, update: int) -> str:
    """What the labels are after some updates."""
    areas = zip(looked.names, looked.areas(labels), strict=True)
    when = "Before the CRF" if not update else f"After {update} update{'s' * (update > 1)}"
    said = f"{when}: {', '.join(f'{name} {percent(area)}' for name, area in areas)} of the picture."
    overlaps = looked.overlaps(labels)
    if not overlaps:
        return said
    figures = ", ".join(
        f"{name} {value:.2f}" for name, value in overlaps.items() if value is not None
    )
    return f"{said} Intersection over union with the mask: {figures}."


def verdict(looked: Looked) -> str:
    """Whether the CRF brought the labels nearer to the mask."""
    if looked.subject.mask is None:
        return NO_MASK
    before, after = (
        mean(looked, one) for one in (looked.worked.labels[0], looked.worked.labels[-1])
    )
    how = "nearer to" if after > before else "further from" if after < before else "as near to"
    return (
        f"The CRF brings the labels **{how}** the mask: the mean intersection over union goes from "
        f"**{before:.2f}** to **{after:.2f}**. The mask is {looked.subject.known}."
    )


def mean(looked: Looked, labels: Labels) -> float:
    """Mean intersection over union of the names that have one."""
    found = [one for one in looked.overlaps(labels).values() if one is not None]
    return sum(found) / len(found) if found else 0.0


def present_sentence(looked: Looked, view: SegmentationView) -> str:
    """Which classes count as there, and why."""
    names = listed(looked.found.names)
    if view.labels == KNOWN and looked.subject.classes:
        return f"The labels of the picture are given: **{names}**."
    if view.labels == CHOSEN and view.classes:
        return f"You say that the picture shows **{names}**."
    why = ""
    if view.labels == KNOWN:
        why = "Nobody has said what this picture shows, so the head says it. "
    if view.labels == CHOSEN:
        why = "No class is chosen, so the head says what is there. "
    likely = ", ".join(
        f"{name} {looked.maps.probabilities[k]:.0%}"
        for name, k in zip(looked.found.names, looked.present, strict=True)
    )
    if looked.sure:
        return f"{why}Classes with a probability of {view.present:.0%} or more: **{likely}**."
    return f"{why}No class reaches {view.present:.0%}; the likeliest is taken: **{likely}**."


def size_sentence(looked: Looked, view: SegmentationView) -> str:
    """Whether the CRF works on a reduced picture."""
    height, width = looked.found.pixels.shape[:2]
    if looked.found.scale == 1:
        return f"The CRF works on all {width} x {height} pixels."
    return (
        f"So that sliders act at once, the CRF works on the picture reduced to {width} x {height} pixels; "
        f"its kernels reach as far in it as in the picture. *Every pixel* takes the whole one."
    )


def whose(view: SegmentationView) -> str:
    """Whose maps are used."""
    if head(view) == UNTRAINED:
        return (
            NO_HEADS if view.scheme != UNTRAINED else "ImageNet's maps, grouped without training."
        )
    return f"Maps of the head {title(view.scheme)}, which was trained from image labels alone."


def preset_sentence(view: SegmentationView) -> str:
    """Whose kernels are used."""
    name = view.preset
    return f"Kernels: *{PRESET_NAMES[name]}*." if name else "Kernels: set by you."


def overlap_table(looked: Looked) -> tuple[list[str], list[list[str]]]:
    """Columns and rows: area and intersection over union by label, before and after."""
    first, last = looked.worked.labels[0], looked.worked.labels[-1]
    before, after = looked.overlaps(first), looked.overlaps(last)
    rows = [
        [name, percent(a), percent(b), _two(before.get(name)), _two(after.get(name))]
        for name, a, b in zip(looked.names, looked.areas(first), looked.areas(last), strict=True)
    ]
    return ["label", "area before", "area after", "IoU before", "IoU after"], rows


def update_table(looked: Looked) -> tuple[list[str], list[list[str]]]:
    """Columns and rows: areas after every update, how many pixels it moved, and the mean IoU."""
    labels = looked.worked.labels
    rows = []
    for place, one in enumerate(labels):
        moved = "" if not place else percent(float((one != labels[place - 1]).mean()), 2)
        overlap = _two(mean(looked, one)) if looked.subject.mask is not None else "–"
        rows.append([str(place), *(percent(a) for a in looked.areas(one)), moved, overlap])
    return ["no.", *looked.names, "moved", "IoU"], rows


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def heard_words(looked: Looked) -> tuple[str, list[str], list[list[str]]]:
    """A pixel's first update: a sentence, and columns, one a label, and rows of what it hears."""
    heard = looked.heard()
    x, y = ((one + 0.5) / looked.found.scale for one in (heard.column, heard.row))
    was, now = (looked.names[int(one.argmax())] for one in (heard.before, heard.after))
    said = (
        f"The pixel at {x:.0f} across, {y:.0f} down was **{was}** by the maps and is **{now}** after the "
        f"first update. For each label the three numbers add up; its share is the exponential of the sum, "
        f"divided by the total of all labels."
        if was != now
        else f"No pixel changes its label in the first update. The one at {x:.0f} across, {y:.0f} down "
        f"becomes surer of **{now}**. For each label the three numbers add up; its share is the exponential "
        f"of the sum, divided by the total of all labels."
    )
    logs = {
        "log of the maps": heard.maps,
        "near": heard.smoothness,
        "near and alike": heard.appearance,
        "sum": heard.maps + heard.smoothness + heard.appearance,
    }
    rows = [[what, *(signed(float(one)) for one in values)] for what, values in logs.items()]
    for what, shares in (("share before", heard.before), ("share after", heard.after)):
        rows.append([what, *(percent(float(one)) for one in shares)])
    return said, ["of the sum", *looked.names], rows


def alternative_text(looked: Looked) -> str:
    """The picture that the labels lie on."""
    height, width = looked.subject.chosen.photo.pixels.shape[:2]
    return (
        f"{looked.subject.chosen.title}, {width} by {height} pixels, with labels painted over it: "
        f"{listed(looked.names)}."
    )

"""What the Localization page says of one picture, in words and tables made from numbers."""

from collections.abc import Sequence

from wsl_core.fcn.activation_maps import cell_sum
from wsl_core.fcn.heads import HeadMaps
from wsl_core.fcn.localization import Located, Point
from wsl_core.fcn.localization.untrained import relatives_of_cell
from wsl_core.fcn.pronet import ProNetMaps
from wsl_core.networks import ClassMaps
from wsl_core.web import pronet_words
from wsl_core.web.activation_maps.shown import cell_rows, signed
from wsl_core.web.localization.looked import Box, Looked
from wsl_core.web.localization.pictures import Shown
from wsl_core.web.trained_heads import FURTHER, PRONET, title

HIT, MISS = "hit", "miss"
UNTRAINED = (
    "Without training there is one map for all schemes, so they share its point and its boxes; only the "
    "scores differ. The map decides the point, the scheme decides the score. In training the scheme also "
    "decides which cells learn, and so the map."
)


def verdict(right: bool | None) -> str:
    """Hit or miss; a dash where nothing is known."""
    return "–" if right is None else HIT if right else MISS


def place(x: float, y: float) -> str:
    """A point as it is written."""
    return f"{x:.0f} across, {y:.0f} down"


def point_sentence(looked: Looked, index: int, found: Located) -> str:
    """Where the point is, and whether it counts as right by the 18 px rule."""
    name, boxes = looked.classes[index], len(found.truth)
    said = f"The point of **{name}** is {place(found.point.x, found.point.y)}."
    off = found.outside(found.point.x, found.point.y)
    if off is None:
        return f"{said} {_unknown(looked, name)}"
    truth = "the true box" if boxes == 1 else f"one of {boxes} true boxes"
    if off == 0:
        return f"{said} It lies in {truth}: a **hit**."
    if found.right:
        return (
            f"{said} It lies {off:.0f} px outside {truth}, which the {found.tolerance:.0f} px of the rule "
            f"forgive: a **hit**."
        )
    nearest = "the true box" if boxes == 1 else f"the nearest of {boxes} true boxes"
    return (
        f"{said} It lies {off:.0f} px outside {nearest}, more than the {found.tolerance:.0f} px that the "
        f"rule forgives: a **miss**."
    )


def _unknown(looked: Looked, name: str) -> str:
    known = looked.shown.classes
    if known:
        return (
            f"No {name} is known to be in this picture ({', '.join(known)} is), so the point cannot be "
            f"right: were the score high, it would count as a wrong point."
        )
    return (
        "Nobody has said where the objects of this picture are, so nothing says whether it is right. A "
        "picture with known places: the cat and the motorcycle of the gallery, its scenes, and VOC's."
    )


def box_sentence(found: Located, threshold: float) -> str:
    """How many regions there are, and how well the largest covers a true box."""
    count = len(found.boxes)
    if not count:
        return "The map has no value above zero, so nothing is boxed."
    regions = "one region" if count == 1 else f"{count} regions"
    said = f"Above {threshold:.0%} of the maximum the map has {regions}"
    if found.overlap is None:
        return f"{said}."
    enough = "enough" if found.overlap >= 0.5 else "not enough"
    whose = "its box" if count == 1 else "the box of the largest"
    return (
        f"{said}; {whose} has an intersection over union of **{found.overlap:.2f}** with the best true box: "
        f"{enough} for the usual 0.5."
    )


def beam_sentence(found: Located) -> str:
    """What the beam search found beside it."""
    point = found.region.point
    said = (
        f"The beam search ends in {len(found.region.path)} steps at a region whose mean is "
        f"{signed(found.region.score)} logits; its middle is {place(point.x, point.y)}"
    )
    right = found.hit(point.x, point.y)
    return f"{said}." if right is None else f"{said}, a {verdict(right)}."


def alternative_text(looked: Looked, scheme: str, index: int, found: Located) -> str:
    """The picture, its map, point and boxes, for those who do not see it."""
    maps, name = looked.maps[scheme], looked.classes[index]
    height, width = maps.picture_size
    values = maps.map(index)
    parts = [
        f"{looked.shown.chosen.title} with the class map of {name}{_of_head(looked, scheme)}.",
        f"Point at {place(found.point.x, found.point.y)} of {width} by {height} pixels, "
        f"{values.max():.2f} logits.",
    ]
    if found.largest is not None:
        parts.append(f"Largest region: {edges(found.boxes[found.largest].box)}.")
    parts += [f"True box: {edges(tuple(one))}." for one in found.truth.tolist()[:4]]
    if found.right is not None:
        parts.append(f"The point is a {verdict(found.right)}.")
    return " ".join(parts)


def _of_head(looked: Looked, scheme: str) -> str:
    if not looked.trained:
        return ""
    return (
        f", by the head {title(scheme)}" if scheme in FURTHER else f", trained with {title(scheme)}"
    )


def edges(box: tuple[float, ...]) -> str:
    """A box in words."""
    left, top, right, bottom = box
    return f"{left:.0f} to {right:.0f} across, {top:.0f} to {bottom:.0f} down"


def scheme_table(
    rows: Sequence[tuple[str, float, Located]], drawn: str
) -> tuple[list[str], list[list[str]]]:
    """Columns and rows: what each scheme says of the class."""
    body = []
    for name, score, found in rows:
        body.append(
            [
                f"**{title(name)}**" if name == drawn else title(name),
                signed(score),
                _judged(found, found.point),
                "–" if name == PRONET else _judged(found, found.region.point),
                "–" if found.overlap is None else f"{found.overlap:.2f}",
            ]
        )
    return ["scheme", "score", "point", "beam", "IoU"], body


def _judged(found: Located, at: Point) -> str:
    right = found.hit(at.x, at.y)
    words = "" if right is None else f" {verdict(right)}"
    return f"{at.x:.0f}, {at.y:.0f}{words}"


def crop_sentence(looked: Looked, scheme: str, index: int) -> str:
    """What ProNet made of its boxes; empty for all others."""
    maps = looked.maps[scheme]
    return pronet_words.sum_sentence(maps, index) if isinstance(maps, ProNetMaps) else ""


def box_table(
    found: Located, crops: Sequence[tuple[Box, float]] = ()
) -> tuple[list[str], list[list[str]]]:
    """Columns and rows: every box that is drawn, with the peak of a region or the mean of the beam's.

    In ProNet's own way the confidence of its `crops` takes the place of the beam search.
    """
    rows = [["true box", *_edges(one), "", ""] for one in map(tuple, found.truth.tolist())]
    for one, overlap in zip(found.boxes, found.overlaps, strict=True):
        known = "–" if overlap is None else f"{overlap:.2f}"
        rows.append(["region", *_edges(one.box), f"{one.peak:.2f}", known])
    if not crops:
        rows.append(["beam search", *_edges(found.region.box), f"{found.region.score:.2f}", ""])
    rows += [["crop", *_edges(box), f"{value:.2f}", ""] for box, value in crops]
    return ["what", "across", "down", "logits", "IoU"], rows


def _edges(box: tuple[float, ...]) -> list[str]:
    left, top, right, bottom = box
    return [f"{left:.0f} to {right:.0f}", f"{top:.0f} to {bottom:.0f}"]


def cell_words(looked: Looked, scheme: str, index: int) -> tuple[str, list[str], list[list[str]]]:
    """The cell behind the point: a sentence, and columns and rows of what it is made of."""
    maps, name = looked.maps[scheme], looked.classes[index]
    if isinstance(maps, ProNetMaps):
        said = f"The point is the middle of ProNet's best box of {name}, whose score is made so."
        return said, pronet_words.SUM_HEAD, pronet_words.sum_rows(maps, index)
    row, column = maps.peak_cell(index)
    value = float(maps.map(index)[row, column])
    at = f"Row {row + 1}, column {column + 1} holds {value:.2f} logits for {name}"
    if isinstance(maps, HeadMaps):
        if maps.head.learned is not None:
            return f"{at}, made of learned parts that all classes share.", [], []
        total = cell_sum(maps, index, row, column)
        said = f"{at}, a sum over {len(maps.features)} channels."
        return said, ["part", "share in logits"], cell_rows(total)
    found = relatives_of_cell(looked.own, name, row, column)
    said = (
        f"{at}: the highest of the {found.count} ImageNet classes that show this class, less the mean of all "
        f"{len(looked.own.classes)} classes there, {signed(found.common)}."
    )
    rows = [[title, f"{logit:.2f}", signed(logit - found.common)] for title, logit in found.highest]
    return said, ["ImageNet class", "logits", "less the mean"], rows


def head_line(looked: Looked, scheme: str, index: int) -> str:
    """The score as the picture's head line has it."""
    return f"{signed(float(looked.scores[scheme][index]))} logits, {title(scheme)}"


def guess_verdict(maps: ClassMaps, guess: tuple[int, int], found: Located) -> str:
    """Whether the guessed cell would have been right; nothing where no place is known."""
    right = found.hit(*maps.placement.centre(*guess))
    if right is None:
        return ""
    return f"By the {found.tolerance:.0f} px rule your place is a {verdict(right)}."


def known(shown: Shown) -> str:
    """Where the true boxes are from."""
    return f"True boxes: {shown.known}." if shown.known else ""


def instead(looked: Looked, asked: str, drawn: str) -> str:
    """Why another scheme is drawn than the one that was asked for; empty where it is not."""
    if asked == drawn:
        return ""
    return f"In the place of {title(asked)} stands {title(drawn)}. {looked.absent[asked]}".strip()


def about_schemes(looked: Looked) -> str:
    """What the schemes share, and which are missing."""
    missing = " ".join(why for name, why in looked.absent.items() if name not in FURTHER)
    if not looked.trained:
        return f"{UNTRAINED} {missing}"
    return (
        "Each scheme has a map of its own here: the one that it was trained with. " + missing
    ).strip()

"""What the page says of an attribution: what it costs, what it adds up to, what it depends on."""

from collections.abc import Mapping
from typing import Any

from wsl_core.errors import WslError
from wsl_core.fcn.attributions import METHODS, Attribution, Completeness, Randomised
from wsl_core.networks import card
from wsl_core.networks.network import classes_of
from wsl_core.settings import settings
from wsl_core.web.activation_maps.attribution_figures import Drawing
from wsl_core.web.activation_maps.attributions import Asked
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.sentences import plain

# Of Spearman's correlation: what is called changed, and what is called kept.
LOW, HIGH = 0.3, 0.7
OWN_PICTURE = (
    "For this your picture, as small as it is fed, is written to this machine's disk; it is removed with "
    "the run. It is shown to nobody who does not hold the same picture."
)


def rough(seconds: float) -> str:
    """A time in words as exact as a guess can be."""
    if seconds < 3:
        return "a few seconds"
    if seconds < 55:
        return f"about {max(5, 5 * round(seconds / 5))} seconds"
    minutes = round(seconds / 60)
    return "about a minute" if minutes < 2 else f"about {minutes} minutes"


def label(asked: Asked, seconds: float | None) -> str:
    """What the button says: what it starts, and what that takes."""
    kind = "pass" if asked.method.name == "occlusion" else "gradient"
    plural = "es" if kind == "pass" else "s"
    looks = f"{asked.looks} {kind}{'' if asked.looks == 1 else plural}"
    return f"Explain ({looks}{'' if seconds is None else ', ' + rough(seconds)})"


def cost(asked: Asked, seconds: float | None) -> str:
    """What the work grows with."""
    height, width = asked.input_size
    known = (
        "How long it takes on this machine is known once it was done here."
        if seconds is None
        else "The time goes by the last run on this machine."
    )
    twice = "" if asked.parameters.randomise == "none" else " Half of it is with random weights."
    return (
        f"The score of **{plain(asked.name)}**, the picture fed at {width} × {height} pixels.{twice} "
        f"{known} A new worker needs some seconds to start."
    )


def explained(config: Mapping[str, Any]) -> str:
    """What a run explains."""
    try:
        name = classes_of(card(config["network"])).titles[config["index"]]
    except (WslError, IndexError, TypeError):
        name = "a class"
    return f"**{plain(name)}** by {METHODS[config['parameters']['method']].title}"


def earlier(config: Mapping[str, Any], differs: list[str]) -> str:
    """Why the run of the link is not shown."""
    *most, last = differs
    what = f"{', '.join(most)} and {last}" if most else last
    return (
        f"The run of this link explains {explained(config)}. It differs from what is chosen now in its "
        f"{what}: set {'them' if most else 'it'} back to see it, or start anew."
    )


def score(found: Attribution, *, several: bool = False) -> str:
    """What was explained, and how long it took; `several` where the class map is a mean of passes."""
    height, width = found.placement.down.input_side, found.placement.across.input_side
    return (
        f"Explained is the network's own score of **{plain(found.name)}**, {signed(found.score)} logits at "
        f"{width} × {height} pixels, looked at once. It took {found.seconds:.1f} s."
        + (" The class map beside is the mean of several looks." if several else "")
    )


def colours(drawing: Drawing) -> str:
    """What stands below the colour bar."""
    unit = f"{drawing.unit}, {drawing.reach}."
    unit += (
        " Blue speaks against the class, red for it." if drawing.signed else " Sizes have no sign."
    )
    if drawing.scale.beyond:
        unit += f" The largest {drawing.scale.beyond:.1%} lie beyond its end."
    return unit


def completeness(whole: Completeness) -> str:
    """Whether the shares add up to what they share out."""
    relative = "" if whole.relative is None else f", {whole.relative:.1%} of the difference"
    return (
        f"The pixels add up to **{signed(whole.total)}** logits; the picture's score minus the baseline's is "
        f"**{signed(whole.difference)}**. What is between them, the completeness residual, is "
        f"**{signed(whole.residual)}** logits{relative}. With infinitely many steps it is zero; a large one "
        f"says that the steps were too few."
    )


def correlation(chance: Randomised, randomise: str) -> str:
    """How like the attribution is with random weights, and what that means."""
    which = {
        "head": "the weights of the head",
        "head and last block": "the weights of the head and the last block",
        "all": "all weights",
    }[randomise]
    begin = f"With {which} left to chance the score is {signed(chance.score)} logits."
    if chance.sizes is None:
        return f"{begin} One of the two attributions is the same everywhere, so there is no rank correlation."
    with_sign = "" if chance.signs is None else f" ({signed(chance.signs)} with their signs)"
    return (
        f"{begin} The rank correlation of the values' sizes before and after is "
        f"**{signed(chance.sizes)}**{with_sign}. {meaning(chance.sizes)} *Adebayo et al., Sanity checks for "
        f"saliency maps, NeurIPS 2018.*"
    )


def meaning(sizes: float) -> str:
    """What a rank correlation of sizes says."""
    if sizes >= HIGH:
        return (
            "The order hardly changed: what is seen is largely the picture, its edges and contrasts, and "
            "not what these weights have learned."
        )
    if sizes >= LOW:
        return (
            "Part of the order stayed: some of what is seen comes from the picture and the architecture, "
            "and not from what these weights have learned."
        )
    if sizes > -LOW:
        return (
            "Little of the order stayed: what is seen depends on what these weights have learned. Whether "
            "it is right, this check cannot say."
        )
    return (
        "The order turned round in part: what is seen depends on these weights. Whether it is right, this "
        "check cannot say."
    )


def table(found: Attribution) -> str:
    """What stands in the columns of the table."""
    both = "" if found.randomised is None else ", with learned weights and with random ones"
    columns = [f"the share of all values' sizes that lies there{both}"]
    if found.completeness is not None:
        columns.append(f"the values' sum in {found.method.unit}")
    elif found.method.signed:
        columns.append(f"the values' mean in {found.method.unit}")
    columns.append("the mean of the class map in logits")
    return f"Of each place: {'; '.join(columns)}."


def kept() -> str:
    """How long a run is there."""
    return (
        f"The link of this page finds this run again, for up to {settings().runs_days:.0f} days after it "
        f"was last touched."
    )

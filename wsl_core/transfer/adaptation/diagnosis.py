"""What a curve says about a run that went wrong, in words, without target labels."""

from collections.abc import Mapping, Sequence

Figures = Mapping[str, float]
COLLAPSED = 0.9  # share of the predictions that fall on one class
CHANCE, CERTAIN = 0.53, 0.97  # domain accuracies
EARLY, LATE = 0.2, 0.75  # shares of the steps
WEAK = 0.7  # lambda up to which the domain classifier is hardly hindered
APART = 1.0  # proxy A-distance from which domains can be told apart


def remarks(
    curve: Sequence[tuple[int, Figures]], looks: Sequence[tuple[int, Figures]], classes: int
) -> list[str]:
    """Sentences on a run; none where nothing is to be remarked.

    Args:
        curve: step and figures of every progress.
        looks: step and figures of every look at the network.
        classes: how many there are.
    """
    found = []
    last = looks[-1][1] if looks else {}
    share = last.get("largest_class", 0.0)
    if share > max(COLLAPSED, 2 / classes):
        found.append(
            f"The run collapsed: {100 * share:.0f} % of the target are given the same class. Run it for "
            f"fewer steps, or with a smaller rate or lambda."
        )
    told = [(step, one) for step, one in curve if "domain_accuracy" in one]
    if not told:
        return found
    end = told[-1][0]
    early = [one for step, one in told if step <= EARLY * end and one.get("lambda", 0.0) < WEAK]
    late = [one for step, one in told if step > LATE * end]
    apart = looks[0][1].get("proxy_distance", 0.0) > APART if looks else False
    if len(early) >= 3 and apart and _mean(early) < CHANCE:
        found.append(
            "The domain classifier was at chance from the first steps on, though a fresh one tells these "
            "domains apart: it is dead, and nothing was adapted. Try another seed or a smaller rate."
        )
    if len(late) >= 3 and _mean(late) > CERTAIN:
        found.append(
            "The domain classifier still tells the domains apart almost always at the end: the features were "
            "not aligned. Check that both domains are standardised alike, or use more steps."
        )
    return found


def _mean(figures: Sequence[Figures]) -> float:
    return sum(one["domain_accuracy"] for one in figures) / len(figures)

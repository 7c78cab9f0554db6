"""The lines of Python that do what the parts of the Domain adaptation page show; a test runs them."""

from wsl_core.datasets.domains import card
from wsl_core.transfer.adaptation.request import Request
from wsl_core.web.adaptation.runs import Seen


def watch(seen: Seen, *, shipped: bool) -> str:
    """The lines that give a run's looks, and what each criterion would have kept."""
    if shipped:
        lines = [
            "from wsl_core.transfer.adaptation import finished",
            "",
            f'run = finished.load_shipped("{seen.key}")',
        ]
    else:
        lines = [
            "from wsl_core import jobs",
            "from wsl_core.transfer.adaptation import finished",
            "",
            f'run = finished.AdaptationRun.of_run(jobs.find("{seen.key}"))',
        ]
    return "\n".join(
        [
            *lines,
            "for step, figures in run.looks:",
            '    print(step, figures["evaluation_target_accuracy"], figures["proxy_distance"])',
            'print(run.facts["picks"], "oracle:", run.facts["oracle"])',
            "print(run.points[-1][run.domains == 1])  # the target's features in the plane, at the end",
        ]
    )


def training(request: Request) -> str:
    """The lines that train, and test on the target's evaluation half."""
    how = request.adaptation.model_dump(exclude_defaults=True)
    given = ", ".join(f"{name}={value!r}" for name, value in {"method": "dann", **how}.items())
    flags = f"--pair {request.pair} --method {request.adaptation.method}"
    first = [f"# The same on the command line: python -m wsl_core adapt {flags}"]
    if card(request.pair).features:  # the network's features come first: the job knows how
        return "\n".join(
            [
                *first,
                "from wsl_core import jobs",
                "from wsl_core.transfer.adaptation import JOB, AdaptationParameters",
                "from wsl_core.transfer.adaptation.request import Request",
                "",
                f"how = AdaptationParameters({given})",
                f'asked = Request(pair="{request.pair}", adaptation=how)',
                'for event in jobs.run(JOB, asked.model_dump(mode="json")):',
                "    print(event)",
            ]
        )
    source = "target_labelled" if request.adaptation.method == "target" else "source"
    return "\n".join(
        [
            *first,
            "from wsl_core.datasets import domains",
            "from wsl_core.transfer.adaptation import AdaptationParameters",
            "from wsl_core.transfer.adaptation.fitting import fit",
            "",
            f'pair = domains.load("{request.pair}", seed={request.adaptation.seed})',
            f"how = AdaptationParameters({given}).settled(pair.name)",
            f"adapted = fit(pair.{source}, pair.target, how, lambda told: print(told.step, told.figures))",
            "right = adapted.predict(pair.evaluation.values) == pair.evaluation.labels",
            "print(right.mean())",
        ]
    )


def struggle(pair: str) -> str:
    """The lines that give how often each domain classifier is right at the end, and the accuracies."""
    return "\n".join(
        [
            "from wsl_core.transfer.adaptation import finished",
            "",
            "for one in finished.shipped():",
            f'    if one.pair == "{pair}":',
            "        run = finished.load_shipped(one.name)",
            '        told = [figures.get("domain_accuracy") for _, figures in run.curve]',
            "        print(one.name, told[-1], one.accuracy)",
        ]
    )

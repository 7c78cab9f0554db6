"""The lines of Python that do what the parts of the Multitask page show; a test runs them."""

from wsl_core.transfer.multitask import Request
from wsl_core.web.multitask.view import MultitaskView


def finished(view: MultitaskView) -> str:
    """The lines that give the changes of finished comparisons."""
    return "\n".join(
        [
            "from wsl_core.transfer.multitask import finished",
            "from wsl_core.transfer.multitask.results import summarised",
            "",
            f'runs = finished.load_shipped("{view.tasks}")',
            f"found = runs.select(shared={view.shared}, fraction={view.fraction})",
            "summary = summarised(found)",
            "for name, task in summary.tasks.items():",
            "    print(name, task.alone.mean, task.together.mean, task.change.mean, task.change.verdict)",
            'print(summary.delta.mean, found[0].together.curve("cosine"))',
        ]
    )


def training(request: Request) -> str:
    """The lines that train each task alone and both together."""
    how = request.multitask.model_dump(exclude_defaults=True)
    given = ", ".join(f"{name}={value!r}" for name, value in how.items())
    return "\n".join(
        [
            f"# The same on the command line: python -m wsl_core multitask --data {request.data} "
            f"--shared {request.multitask.shared}",
            "from wsl_core.transfer.multitask import MultitaskParameters, Request",
            "from wsl_core.transfer.multitask.training import compared",
            "",
            f"how = MultitaskParameters({given})",
            f'found = compared(Request(data="{request.data}", multitask=how))',
            "for name in found.together.tasks:",
            "    print(name, found.alone(name).rate(name), found.together.rate(name), found.change(name))",
            'print(found.delta, found.together.curve("cosine"))',
        ]
    )

"""`wsl runs`: what is done about trainings and other long work, whichever process started it."""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from wsl_core import jobs
from wsl_core.cli import DONE, REFUSED, arguments
from wsl_core.cli.tables import print_table
from wsl_core.jobs.pruning import size
from wsl_core.settings import Settings

LATEST = 10  # progress that `show` prints
LOOK_S = 0.2  # between two looks at a run that is followed
UNDER_WAY = ("queued", "running")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of this command."""
    parser.description = (
        "Runs are trainings and other long work. Each is a folder below WSL_RUNS, and goes on when the\n"
        "program that started it has ended."
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True, title="actions")

    def action(name: str, act: Callable[[argparse.Namespace], int], summary: str, what: str) -> Any:
        one = actions.add_parser(name, help=summary, description=summary)
        one.set_defaults(act=act)
        arguments.add_json(one, what)
        return one

    action("list", _list, "List the runs, the latest first.", "the list")
    for name, act, summary in (
        ("show", _show, "Show a run: what it was given, how far it is, why it failed."),
        ("cancel", _cancel, "End a run within two seconds. Its last checkpoint is kept."),
        ("pause", _pause, "Stop a run at its next checkpoint, and wait until it is there."),
        ("resume", _resume, "Let a run go on from its last checkpoint, here, and wait for it."),
    ):
        one = action(name, act, summary, "the run")
        one.add_argument("id", metavar="ID", help="as listed")
    one.add_argument("--step", action="store_true", help="Pause it again at its next checkpoint.")
    prune = action("prune", _prune, "Remove old runs; those under way stay.", "the removed runs")
    for name, metavar, summary in (
        ("days", "N", "Remove runs that nothing happened to for N days"),
        ("megabytes", "N", "Remove the stalest ones until the rest takes at most N megabytes"),
    ):
        default = Settings.model_fields[f"runs_{name}"].default
        prune.add_argument(
            f"--{name}",
            metavar=metavar,
            type=_number,
            help=f"{summary} (default {default}, or what WSL_RUNS_{name.upper()} says).",
        )


def run(args: argparse.Namespace) -> int:
    """Do what was asked about the runs; the exit status.

    Raises:
        JobError: there is no such run, it was written by another version, or it failed.
    """
    status: int = args.act(args)
    return status


def _list(args: argparse.Namespace) -> int:
    facts = [_facts(one) for one in jobs.runs()]
    if args.json:
        arguments.printed({"runs": facts})
        return DONE
    print_table(
        ("ID", "JOB", "STATE", "DONE", "AGE", "MB"),
        [
            (
                one["id"],
                one["name"],
                one["state"],
                "-" if one["share"] is None else f"{one['share']:.0%}",
                _duration(one["age_s"]),
                f"{one['megabytes']:.1f}",
            )
            for one in facts
        ],
    )
    return DONE


def _show(args: argparse.Namespace) -> int:
    one = jobs.find(args.id)
    latest = one.history()[-LATEST:]
    facts = _facts(one) | {
        "folder": str(one.folder),
        "config": one.config,
        "sentence": one.sentence,
        "seconds_left": one.seconds_left,
        "latest": [_plain(progress.to_json()) for progress in latest],
    }
    if args.json:
        arguments.printed(_plain(facts))
        return DONE
    print_table(
        ("WHAT", "VALUE"),
        [
            (name, str(facts[name]))
            for name in ("id", "name", "state", "folder", "config", "sentence")
            if facts[name] is not None
        ],
    )
    for progress in latest:
        print(_line(progress))
    return DONE


def _cancel(args: argparse.Namespace) -> int:
    one = jobs.find(args.id)
    one.cancel()
    one.wait()
    return _told(one, args)


def _pause(args: argparse.Namespace) -> int:
    one = jobs.find(args.id)
    one.pause()
    one.wait()
    return _told(one, args)


def _resume(args: argparse.Namespace) -> int:
    one = jobs.find(args.id)
    elsewhere = one.state in UNDER_WAY
    one.resume(to_next_checkpoint=args.step)
    told = one.progress
    try:
        while True:
            state, progress = one.state, one.progress
            if progress is not None and progress != told:
                print(_line(progress), file=sys.stderr)
                told = progress
            if state not in UNDER_WAY:
                break
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        if not elsewhere:
            one.cancel()
            one.wait()
        raise
    status = _told(one, args)
    if one.sentence:
        print(one.sentence, file=sys.stderr)
    return status if one.state in {"finished", "paused"} else REFUSED


def _prune(args: argparse.Namespace) -> int:
    removed = jobs.prune(args.days, args.megabytes)
    if args.json:
        arguments.printed({"removed": removed})
    else:
        print(*removed, f"Removed: {len(removed)}", sep="\n")
    return DONE


def _told(one: jobs.Run, args: argparse.Namespace) -> int:
    """Say how it stands with a run."""
    if args.json:
        arguments.printed(_plain(_facts(one) | {"sentence": one.sentence}))
    else:
        print(f"{one.id} {one.state}")
    return DONE


def _facts(one: jobs.Run) -> dict[str, Any]:
    """What is listed of a run."""
    progress = one.progress
    return {
        "id": one.id,
        "name": one.name,
        "state": one.state,
        "share": None if progress is None else progress.share,
        "age_s": time.time() - one.created,
        "megabytes": size(one.folder) / 1e6,
    }


def _line(progress: jobs.Progress) -> str:
    """A progress in words."""
    step = "" if progress.step is None else f"step {progress.step}"
    figures = ", ".join(f"{name} {value:.4g}" for name, value in progress.figures.items())
    return "  ".join(filter(None, (f"{progress.share:4.0%}", step, progress.doing, figures)))


def _duration(seconds: float) -> str:
    """A time in its largest unit."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _plain(value: Any) -> Any:
    """The value with null where a number is not finite, which JSON does not know."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not accepted. Accepted is a number from 0")
    return number

"""From a job to its directory: what drains a generator and where it writes are two things.

`perform` gives a job's events; `record` writes any iterator of events into a run's directory, and does
not know in which process or on which machine they came about.
"""

import importlib
import traceback
from collections.abc import Callable, Iterator

from wsl_core.errors import JobError, WslError
from wsl_core.jobs.events import Checkpoint, Event, Job, Result, Task
from wsl_core.jobs.files import FULL, RunFiles


class Interrupted(JobError):
    """A job was cut off by what it ran on, not by itself: it can be resumed."""


def perform(name: str, task: Task) -> Iterator[Event]:
    """The events of the job "module:function"; whatever it raises passes through."""
    module, _, function = name.partition(":")
    job: Job = getattr(importlib.import_module(module), function)
    yield from job(task)


def record(files: RunFiles, events: Iterator[Event], stop: Callable[[], bool]) -> bool:
    """Write events down as they come, and why they ended if not with a result.

    After a checkpoint the run stops there if somebody wants it paused.

    Args:
        files: of the run; its lock is held.
        events: of its job, from its last checkpoint on.
        stop: asked after every event whether somebody wants the run to end.

    Returns:
        Whether the job left its process in order: not where it ended on an error of its own.
    """
    name = files.facts().name
    try:
        files.begin()
        for event in events:
            files.write(event)
            if isinstance(event, Result):
                return True
            if stop():
                return True
            if isinstance(event, Checkpoint) and files.pause():
                return True
        if not stop():
            files.fail(JobError(f"The job {name} ended without a result. Report this sentence."))
    except WslError as error:
        files.fail(error, interrupted=isinstance(error, Interrupted))
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            files.fail(_full(files))
            return True
        traceback.print_exc()
        files.fail(stopped(name, error))
        return False
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()  # lets the job tidy up
    return True


def stopped(name: str, error: Exception) -> JobError:
    """The sentence for a job that ended on an error that it did not mean to raise."""
    return JobError(
        f"The job {name} stopped on an error of its own: {type(error).__name__}: {error}. "
        f"Try again; if it stops again, report this sentence."
    )


def _full(files: RunFiles) -> JobError:
    checkpoint = files.checkpoint_step()
    kept = (
        "It has no checkpoint yet, so it will start anew"
        if checkpoint is None
        else f"Its checkpoint at step {checkpoint} is kept, and it will go on from there"
    )
    return JobError(
        f"The run stopped because the disk is full ({files.folder.parent}). {kept} when you free some "
        f"space and resume it."
    )

"""Work of a second or more while a page waits: a bar where it takes long, and the work is done once.

It goes on in a thread of its own, so a visitor who moves on ends the waiting and not the work, and whoever
asks for the same meanwhile waits for it, too.
"""

import logging
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from wsl_core.errors import NetworkError, WslError
from wsl_core.web.sentences import plain

Made = TypeVar("Made")
Report = Callable[[float, str], None]
AT_ONCE = 0.5  # s in which no bar is shown
STEP = 0.2  # s after which a visitor may have moved on


@dataclass
class Work:
    """What is being made.

    Attributes:
        share: of the work that is done, 0 .. 1.
        doing: what is being done.
        made: once it is there.
        error: why it is not.
        done: set when one of the two before is.
    """

    share: float = 0.0
    doing: str = "waiting"
    made: Any = None
    error: WslError | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def report(self, share: float, doing: str) -> None:
        """Called by the work."""
        self.share, self.doing = share, doing


_working: dict[Hashable, Work] = {}
_guard = threading.Lock()


def awaited(key: Hashable, what: str, make: Callable[[Report], Made]) -> Made:
    """What `make` makes, in a thread; the page shows how far it is once that takes long.

    Args:
        key: names the work; whoever asks under the same key at the same time gets the same.
        what: is at work, for the bar.
        make: is told where to report; it calls nothing of Streamlit's, and keeps what it makes.

    Raises:
        WslError: what `make` raises.
    """
    with _guard:
        work = _working.get(key)
        if work is None:
            work = _working[key] = Work()
            threading.Thread(target=_do, args=(key, work, make), daemon=True).start()
    place = st.empty()
    if not work.done.wait(AT_ONCE):
        while not work.done.wait(STEP):
            place.progress(work.share, plain(f"{what}: {work.doing}."))
        place.empty()
    if work.error is not None:
        raise work.error
    made: Made = work.made
    return made


def _do(key: Hashable, work: Work, make: Callable[[Report], Any]) -> None:
    try:
        work.made = make(work.report)
    except WslError as error:
        work.error = error
    except Exception as error:
        logging.getLogger(__name__).exception("%s failed", key)
        work.error = NetworkError(
            f"This look at the picture failed: {type(error).__name__}. The server's log says more."
        )
    finally:
        with _guard:
            _working.pop(key, None)
        work.done.set()

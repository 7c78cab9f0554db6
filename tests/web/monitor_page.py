"""A page with nothing but a monitored job, and the job: counting, as long and as badly as asked.

Served by the tests as an app of its own; the worker imports it as a module.
"""

import time
from collections.abc import Iterator

from wsl_core import jobs
from wsl_core.errors import ParameterError

NAME = "tests.web.monitor_page:count"


def count(task: jobs.Task) -> Iterator[jobs.Event]:
    """Job: count to `task.config["to"]`, waiting `seconds` each time; refuses to pass `refuse_at`."""
    config = task.config
    start = task.checkpoint.step if task.checkpoint else 0
    for step in range(start + 1, config["to"] + 1):
        time.sleep(config["seconds"])
        if step == config.get("refuse_at") and task.checkpoint is None:
            raise ParameterError(f"It does not count past <b>{step}</b>, *ever*. Resume it.")
        figures = {"loss": 4 / step, "accuracy": 1 - 1 / (step + 1)}
        yield jobs.Progress(step / config["to"], f"counting to {config['to']}", step, figures)
        if step % 5 == 0:
            yield jobs.Checkpoint(step, {})
    yield jobs.Result({"counted": config["to"]})


def page() -> None:
    """Start it, watch it, show what came out."""
    import streamlit as st

    from wsl_core.web.components import monitor

    st.title("Counting", anchor=False)
    st.session_state.setdefault("times", 0)
    st.session_state.times += 1
    config = {
        "to": int(st.query_params.get("to", 10)),
        "seconds": float(st.query_params.get("seconds", 0.05)),
        "refuse_at": int(st.query_params.get("refuse_at", 0)),
    }
    run = monitor.start("Count", NAME, config, lane="interactive")
    if run is not None and monitor.watch(run) == "finished":
        st.markdown(f"Counted to {run.result().facts['counted']}.")
    st.markdown(f"The page ran {st.session_state.times} times.")


if __name__ == "__main__":
    page()

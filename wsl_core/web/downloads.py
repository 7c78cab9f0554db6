"""The drawer of files that a visitor takes away from a page; each is made when it is asked for."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from wsl_core.web import station
from wsl_core.web.practical import seen

# Label, what makes the file, its name and its type.
Download = tuple[str, Callable[[], bytes | str], str, str]


def drawer(files: Callable[[], Sequence[Download]]) -> None:
    """A drawer of buttons; `files` is called once it is open."""
    seen.offer(files)
    shut = station.drawer("Download", ":material/download:", "files")
    if shut.open:
        with shut, st.container(horizontal=True):
            for label, data, name, kind in files():
                st.download_button(
                    label, data, name, kind, on_click="ignore", key=f"download-{name}"
                )


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lines with commas, the head first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()

"""The handout: one HTML file with all that a student wrote and kept, which a browser prints to PDF.

It needs nothing beside itself and runs nothing. Every text in it is escaped; figures come from
`wsl_core.figures`, which escapes its own.
"""

import base64
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wsl_core.practical import Question
from wsl_core.web.practical.kept import Answered
from wsl_core.web.practical.seen import Picture, Seen, Table

STYLE = """
:root { color-scheme: light; --st-background-color: #fff }
body { font: 11pt/1.5 system-ui, sans-serif; color: #101316; background: #fff; max-width: 48rem;
  margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
h1, h2, h3 { line-height: 1.25; break-after: avoid }
h2 { border-top: 2px solid #0a6558; padding-top: .75rem; margin-top: 2.5rem }
.written { white-space: pre-wrap; border-left: 3px solid #0a6558; padding: .1rem 0 .1rem .75rem }
.seen { border: 1px solid #767676; border-radius: .4rem; padding: .5rem .9rem; margin: 1rem 0 }
img { display: block; max-width: 100%; height: auto; margin: .5rem 0 }
table { border-collapse: collapse; font-size: .85em; margin: .75rem 0 }
th, td { border: 1px solid #767676; padding: .2rem .5rem; text-align: left; vertical-align: top }
.figure { margin: 1rem 0 }
.pictures { display: flex; flex-wrap: wrap; gap: .5rem 1rem }
.pictures figure { margin: 0; flex: 0 1 21rem; min-width: 0 }
figcaption { font-size: .9em }
a { color: #0a6558 }
@media print {
  @page { margin: 16mm }
  body { margin: 0; max-width: none; padding: 0 }
  .pictures figure, .figure, tr { break-inside: avoid }
  thead { display: table-header-group }
}
"""
NOTHING = "<p>Nothing was written.</p>"
MARKS = (
    (re.compile(r"!?\[([^]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![*\w])\*(?!\s)([^*]+)(?<!\s)\*(?![*\w])"), r"<em>\1</em>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
)
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True)
class Chapter:
    """What belongs to a station.

    Attributes:
        title: of the station.
        answered: its questions with what was written and kept.
    """

    title: str
    answered: Sequence[tuple[Question, Answered]]


def handout(name: str, date: str, chapters: Iterable[Chapter]) -> str:
    """The file's text.

    Args:
        name: the student's; may be empty.
        date: for people.
        chapters: in the order of the lecture.
    """
    by = f"{_plain(name)}, {_plain(date)}" if name.strip() else _plain(date)
    body = "".join(
        f"<h2>{_plain(one.title)}</h2>"
        + "".join(_question(question, answer) for question, answer in one.answered)
        for one in chapters
    )
    return _page("Beyond ImageNet: the practical", by, body)


def answer_sheet(
    date: str, sheets: Iterable[tuple[str, Sequence[Question]]], answers: dict[str, str]
) -> str:
    """All questions with their answers, for a teacher.

    Args:
        date: for people.
        sheets: titles of stations and their questions.
        answers: by the keys of the questions.
    """
    body = "".join(
        f"<h2>{_plain(title)}</h2>"
        + "".join(
            f"<h3>{_rich(one.predict)}</h3><p><strong>Try.</strong> {_rich(one.do)}</p>"
            f"<p><strong>Explain.</strong> {_rich(one.explain)}</p>"
            f'<p class="written">{_rich(answers[one.key])}</p>'
            for one in questions
        )
        for title, questions in sheets
    )
    return _page("Beyond ImageNet: the practical's answers", _plain(date), body)


def _page(title: str, under: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_plain(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><main><h1>{_plain(title)}</h1><p>{under}</p>{body}</main></body></html>\n"
    )


def _question(one: Question, answer: Answered) -> str:
    return (
        f"<h3>{_rich(one.predict)}</h3>{_written(answer.predict)}"
        f"<p><strong>Tried.</strong> {_rich(one.do)}</p>"
        + "".join(_seen(each) for each in answer.seen)
        + f"<p><strong>Explained.</strong> {_rich(one.explain)}</p>{_written(answer.explain)}"
    )


def _written(text: str) -> str:
    return f'<p class="written">{_plain(text)}</p>' if text.strip() else NOTHING


def _seen(one: Seen) -> str:
    settings = "".join(
        f"<li>{_plain(title)}: {_plain(value)}</li>" for title, value in one.settings
    )
    parts = (
        f'<div class="pictures">{"".join(map(_picture, one.pictures))}</div>',
        *(f'<div class="figure">{each}</div>' for each in one.figures),
        *(_table(each) for each in one.tables),
        f"<p>Settings:</p><ul>{settings}</ul>"
        if settings
        else "<p>All settings as they begin.</p>",
        f'<p>Link: <a href="{_plain(one.address)}">{_plain(one.address)}</a></p>',
    )
    return f'<section class="seen">{"".join(parts)}</section>'


def _picture(one: Picture) -> str:
    source = "data:image/png;base64," + base64.b64encode(one.png).decode()
    return (
        f'<figure><img src="{source}" alt="{_plain(one.alt)}">'
        f"<figcaption>{_plain(one.title)}</figcaption></figure>"
    )


def _table(table: Table) -> str:
    columns, rows = table
    head = "".join(f'<th scope="col">{_rich(one)}</th>' for one in columns)
    body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: Sequence[str]) -> Iterator[str]:
    for cell in row:
        yield f"<td>{_rich(cell)}</td>"


def _plain(text: str) -> str:
    return html.escape(text, quote=True)


def _rich(text: str) -> str:
    """The little Markdown that sentences and tables have, as HTML; what was escaped in it stays as it is."""
    kept: list[str] = []

    def put_by(found: re.Match[str]) -> str:
        kept.append(_plain(found[1]))
        return f"\0{len(kept) - 1}\0"

    done = _plain(ESCAPED.sub(put_by, text.replace("\0", "")))
    for mark, becomes in MARKS:
        done = mark.sub(becomes, done)
    return re.sub(r"\0(\d+)\0", lambda found: kept[int(found[1])], done)

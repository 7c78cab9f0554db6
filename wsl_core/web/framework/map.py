"""The parts of the Framework map page: the table, the way from one's own data to a cell, what is left out."""

import streamlit as st

from wsl_core.figures.quadrants import quadrants
from wsl_core.framework import Cell, Example, Method, Rule, framework
from wsl_core.web import links, prediction, station
from wsl_core.web.controls import lasting
from wsl_core.web.framework.view import DATA, EXAMPLES, LEFT_OUT, TABLE, FrameworkView
from wsl_core.web.sentences import listed, plain
from wsl_core.web.stations import STATIONS, Station

QUESTION, SHOW = "framework", "Just show me"
TASK = (
    "**The task at hand: tell cats from dogs on photographs.** There are few labels for it, or none. Each "
    "cell says what other data, labelled or not, can do for it, what it needs, and where it can be tried."
)
BEYOND = "*not in the lecture*"
CODE = """\
from wsl_core.framework import framework

table = framework()
for cell in table.cells:
    print(cell.source, cell.target, [method.name for method in cell.methods])
answers = {"source": "labelled", "target": "none", "classes": "the same", "look": "different"}
print(table.advice(answers).reason)
"""


def heads(cell: Cell) -> tuple[str, str]:
    """Row and column of a cell."""
    return f"source {cell.source}", f"target {cell.target}"


def glance(marked: str | None, where: str = "") -> str:
    """HTML of the whole table: what the lecture names in each cell.

    Args:
        marked: key of the cell that is marked.
        where: a sentence on what stands there.
    """
    whole = framework()
    named = {
        heads(cell): ", ".join(one.name for one in cell.methods if one.lecture)
        for cell in whole.cells
    }
    cells = {heads(one): one for one in whole.cells}
    words = (f"{row}, {column}: {named[row, column]}." for row, column in cells)
    place = None if marked is None else heads(whole.cell(marked))
    here = f" Marked: {place[0]}, {place[1]}." if place else ""
    return quadrants(
        list(dict.fromkeys(row for row, _ in cells)),
        list(dict.fromkeys(column for _, column in cells)),
        named,
        place,
        f"{' '.join(words)}{here} {where}".strip(),
    )


def stations() -> dict[str, Station]:
    """All stations by address."""
    return {one.url: one for one in STATIONS}


def table() -> None:
    """The lecture's table, with one of its examples where it stands."""
    st.markdown(TASK)
    left, right = st.columns([4, 1], gap="medium", vertical_alignment="bottom")
    with left:
        title = lasting(FrameworkView, "example")
    with right:
        predict = lasting(FrameworkView, "predict")
    example = EXAMPLES.get(title)
    shown = example
    if example is not None and predict and not _predicted(example):
        shown = None
    if shown is not None:
        st.info(plain(shown.sentence), icon=":material/pets:")
    whole = framework()
    station.figure(glance(None if shown is None else shown.cell))
    for source in ("labelled", "unlabelled"):
        row = [one for one in whole.cells if one.source == source]
        for column, one in zip(st.columns(2, gap="medium"), row, strict=True):
            with column:
                _cell(one, shown if shown is not None and shown.cell == one.key else None)
    st.markdown("**What the table does not show**")
    st.markdown("\n".join(f"- {plain(one)}" for one in whole.hidden_axes))
    station.same_in_python(CODE)


def _predicted(example: Example) -> bool:
    """Whether the visitor has said where the example stands; asks otherwise."""
    titles = {one.key: one.title for one in framework().cells}
    question = f"{QUESTION}_{example.key}"
    said = prediction.ask(
        question,
        f"**{plain(example.data)}** are there, and the task is to tell cats from dogs. Which cell?",
        [*titles.values(), SHOW],
    )
    if said is None:
        return False
    if said != SHOW:
        right = titles[example.cell]
        prediction.compare(question, said, right, f"It stands in “{right}”.")
    return True


def _cell(cell: Cell, example: Example | None) -> None:
    """One cell: what it needs, and its methods with the way to their stations."""
    with st.container(border=True, key=f"cell-{cell.key}"):
        st.markdown(f"Source **{cell.source}**, target **{cell.target}**")
        st.header(cell.title, anchor=False)
        if example is not None:
            st.success(
                f"{plain(example.data)} stand here: {listed(example.methods)}.",
                icon=":material/my_location:",
            )
        st.markdown(f"{plain(cell.sentence)}\n\n**Needs.** {plain(cell.needs)}")
        for one in cell.methods:
            method(one)


def method(one: Method) -> None:
    """A method, and the link to its station where there is one."""
    target = stations().get(one.station or "")
    beyond = "" if one.lecture else f" {BEYOND}"
    text = f"{plain(one.sentence)}{beyond} · *{plain(one.source)}*"
    if target is None:
        st.markdown(f"**{plain(one.name)}.** {text}")
        return
    brought = dict(one.link) | ({links.ONWARD: ",".join(one.link)} if one.link else {})
    with st.container(gap=None):
        st.page_link(target.page, label=f"**{one.name}**", icon=target.icon, query_params=brought)
        st.markdown(text)


def your_data() -> None:
    """A few questions, and the cell that the answers lead to."""
    whole = framework()
    left, right = st.columns([1, 1], gap="large")
    answers: dict[str, str] = {}
    with left:
        for one in whole.questions:
            if one in whole.asked(answers):
                answers[one.key] = lasting(FrameworkView, one.key)
    rule = whole.advice(answers)
    with right:
        _advice(rule)
    station.same_in_python(CODE)


def _advice(rule: Rule) -> None:
    """Where the answers lead, and why."""
    whole = framework()
    cell = None if rule.cell is None else whole.cell(rule.cell)
    title = rule.method if cell else rule.outside
    st.header(str(title), anchor=False)
    st.markdown(plain(rule.reason))
    where = f"in the cell “{cell.title}”" if cell else "in no cell of the table"
    station.figure(glance(rule.cell, f"Your data stand {where}."))
    if cell is None:
        st.markdown("Your data stand outside the table.")
        return
    st.markdown(f"**Needs.** {plain(cell.needs)}")
    method(cell.method(str(rule.method)))


def left_out() -> None:
    """What the lecture's table leaves out."""
    st.markdown(
        "The table has two questions. Work of the last years asks others, and the lecture leaves these out:"
    )
    rows = [[f"**{plain(one.name)}**", plain(one.sentence)] for one in framework().left_out]
    station.table(["topic", "what it is about"], rows)
    others = [
        [plain(one.name), plain(cell.title), plain(one.sentence)]
        for cell in framework().cells
        for one in cell.methods
        if not one.lecture
    ]
    st.markdown("In the table here, but not in the lecture's:")
    station.table(["method", "cell", "what it does"], others)


PARTS = {TABLE: table, DATA: your_data, LEFT_OUT: left_out}

"""The table of transfer learning: every answer leads somewhere, and every name is there."""

import pytest

from wsl_core.framework import framework

WHOLE = framework()


def test_the_four_cells_of_the_lecture_are_there() -> None:
    places = [(one.source, one.target) for one in WHOLE.cells]
    kinds = ("labelled", "unlabelled")
    assert sorted(places) == sorted((a, b) for a in kinds for b in kinds)
    assert all(any(method.lecture for method in cell.methods) for cell in WHOLE.cells)


def test_every_way_to_answer_leads_to_one_cell_or_outside() -> None:
    used = set()
    for answers in WHOLE.every():
        rule = WHOLE.advice(answers)
        assert (rule.cell is None) == (rule.method is None)
        assert (rule.cell is None) == (rule.outside is not None)
        if rule.cell and rule.method:
            cell = WHOLE.cell(rule.cell)
            cell.method(rule.method)
            assert cell.source == answers["source"]
        used.add(WHOLE.rules.index(rule))
    assert used == set(range(len(WHOLE.rules)))


@pytest.mark.parametrize(
    ("answers", "method"),
    [
        ("labelled, none, the same, different", "Domain-adversarial training"),
        ("labelled, a few a class, others, alike", "Few-shot and one-shot learning"),
        ("labelled, no pictures yet, others, alike, yes", "Zero-shot learning"),
        ("labelled, many, others, different, no, no", "Fine-tuning"),
        ("unlabelled, none", "Self-supervised features and clustering"),
    ],
)
def test_known_cases(answers: str, method: str) -> None:
    keys = [one.key for one in WHOLE.questions]
    known = dict(zip(keys, answers.split(", "), strict=False))
    assert WHOLE.advice(known).method == method


def test_a_few_target_labels_are_never_told_to_do_without() -> None:
    """Whoever has labelled target pictures is led to a cell with a labelled target."""
    for answers in WHOLE.every():
        rule = WHOLE.advice(answers)
        if answers["target"] in ("many", "a few a class"):
            assert rule.cell is not None
            assert WHOLE.cell(rule.cell).target == "labelled"


def test_questions_that_do_not_matter_are_not_asked() -> None:
    asked = [one.key for one in WHOLE.asked({"source": "unlabelled", "target": "none"})]
    assert asked == ["source", "target"]


def test_the_examples_of_the_lecture_stand_in_cells() -> None:
    by_key = {one.key: one for one in WHOLE.examples}
    tigers, drawings = by_key["elephants-tigers"], by_key["drawings"]
    assert (tigers.domain, tigers.task) == ("similar", "different")
    assert (drawings.domain, drawings.task) == ("different", "same")
    for one in WHOLE.examples:
        for name in one.methods:
            WHOLE.cell(one.cell).method(name)

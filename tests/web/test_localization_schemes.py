"""What the Localization page says of schemes at equal effort, for each of the possible orders."""

import pytest

from tests.figures.test_pooling_schemes import row, verdict
from wsl_core.figures import pooling_schemes as schemes
from wsl_core.web.localization import schemes as words

LECTURE = ("max", "pronet", "wslocalization")


def said(*means: float, weldon: float = 0.9, wildcat: float = 0.6) -> str:
    rows = [*map(row, LECTURE, means), row("weldon", weldon), row("wildcat", wildcat)]
    return words.verdict(verdict(*rows))


@pytest.mark.parametrize(
    ("means", "sentence", "answer"),
    [
        (
            (0.70, 0.75, 0.80),
            "holds in point mAP: Deep MIL 70.0 ± 1.0, ProNet 75.0 ± 1.0, WSLocalization 80.0 ± 1.0; +5.0 "
            "(spread 1.4), then +5.0 (spread 1.4) points, and each step is larger than twice its spread",
            words.HOLDS,
        ),
        (
            (0.80, 0.75, 0.70),
            "does not hold in point mAP: Deep MIL 80.0 ± 1.0, ProNet 75.0 ± 1.0, WSLocalization 70.0 ± 1.0; "
            "−5.0 (spread 1.4), then −5.0 (spread 1.4) points, and each step is larger",
            words.OTHER,
        ),
        (
            (0.70, 0.80, 0.75),
            "does not hold in point mAP: Deep MIL 70.0 ± 1.0, ProNet 80.0 ± 1.0, WSLocalization 75.0 ± 1.0; "
            "+10.0 (spread 1.4), then −5.0 (spread 1.4) points",
            words.OTHER,
        ),
        ((0.70, 0.71, 0.80), "and only one of the steps is larger than twice its", words.CLOSE),
        ((0.70, 0.71, 0.72), "and neither step is larger than twice its spread", words.CLOSE),
    ],
)  # fmt: skip
def test_the_lectures_order_is_told_as_found(means, sentence: str, answer: str) -> None:
    assert sentence in said(*means)
    one = verdict(*map(row, LECTURE, means))
    assert words.answer([one]) == answer


def test_one_seed_says_nothing_of_other_seeds() -> None:
    rows = row("max", 0.7), row("pronet", 0.8, "", seeds=1), row("wslocalization", 0.9)
    one = verdict(*rows)
    text = words.verdict(one)
    assert "holds in point mAP: Deep MIL 70.0 ± 1.0, ProNet 80.0, WSLocalization 90.0 ± 1.0" in text
    assert "+10.0, then +10.0 points, and of ProNet there is one seed, so nothing says" in text
    assert words.answer([one]) == words.CLOSE


def test_an_answer_needs_every_start() -> None:
    holds = verdict(*map(row, LECTURE, (0.70, 0.75, 0.80)))
    turned = verdict(*map(row, LECTURE, (0.80, 0.75, 0.70)))
    close = verdict(*map(row, LECTURE, (0.70, 0.71, 0.80)))
    assert words.answer([holds, turned]) == words.OTHER
    assert words.answer([holds, close]) == words.CLOSE


def test_the_newer_schemes_are_placed() -> None:
    text = said(0.70, 0.75, 0.80, weldon=0.78, wildcat=0.6)
    assert "WELDON 78.0 ± 1.0 is number 2 of 5, above Deep MIL and ProNet" in text
    assert "WILDCAT 60.0 ± 1.0 is number 5 of 5, below all of the lecture's" in text
    assert "above Deep MIL, ProNet and WSLocalization" in said(0.70, 0.75, 0.80, wildcat=0.9)


def test_differences_stand_beside_chance() -> None:
    text = words.verdict(verdict(*map(row, LECTURE, (0.70, 0.715, 0.80))))
    assert "WSLocalization is first and Max last, 10.0 points apart." in text
    assert (
        "Of 3 pairs of methods with several seeds, 2 differ by more than twice their spread over the seeds"
        in text
    )
    assert "2 by more than the 2.0 points by which a figure changes when other pictures" in text


def test_what_was_not_measured_is_said() -> None:
    text = words.verdict(verdict(row("max", 0.7), row("wslocalization", 0.8)))
    assert "cannot be tested: no figure of ProNet (Deep MIL 70.0 ± 1.0, WSLocalization 80.0" in text
    assert "WELDON" not in text


def test_tables_hold_means_and_deviations() -> None:
    one = verdict(
        row("max", 0.7, point_map=0.6, point_map_deviation=0.004),
        row("pronet", 0.8, "", seeds=1),
    )
    columns, body = words.table(one.ranked)
    assert columns[1] == "point mAP, % (frequent classes)"
    assert body[0] == ["ProNet (one seed)", "80.0 (80.0)", "80.0 (80.0)"]
    assert body[1] == ["Max", "60.0 ± 0.4 (70.0 ± 1.0)", "70.0 ± 1.0 (70.0 ± 1.0)"]


def test_circumstances_have_choice_counts_and_date() -> None:
    found = schemes.read(
        [
            row("max", 0.7, rate=0.003, decay=0.1), row("lse", 0.7), row("weldon", 0.7),
            row("max", 0.7, rate=0.003, decay=0.1, start="random"), row("pronet", 0.7, rate=0.5, seeds=1),
            row("untrained", 0.7, "", start="", seeds=0, rate="", decay="", date="2026-11-27"),
        ]
    )  # fmt: skip
    text = words.circumstances(found)
    assert "over 3 seeds" in text
    assert "chosen were 0.003 and 0.1 for Max; 0.001 and 2 for LSE and WELDON." in text
    assert "ProNet has 0.5 and 2, not chosen for it." in text
    assert "VOC 2012 train, 1,443 pictures, measured on VOC 2012 val, 295 pictures" in text
    assert text.endswith("sizes 321, 449 px, mirrored too; 2026-11-27.")

"""Segments over pictures, and figures of segmentation read from a file."""

import numpy as np
import pytest

from wsl_core.datasets import voc
from wsl_core.errors import DatasetError
from wsl_core.figures import segments
from wsl_core.figures import segments_results as results


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_classes_have_colours_of_their_own_that_stay() -> None:
    every = range(len(voc.CLASSES))
    for one in every:
        assert segments.colours([one]) == [segments.PAINT[one % len(segments.PAINT)]]
        for other in every:
            if one != other:
                pair = segments.colours([one, other])
                assert pair[0] == segments.colours([one])[0]
                assert pair[0] != pair[1]
    assert len(set(segments.colours(range(len(segments.PAINT))))) == len(segments.PAINT)


def test_every_paint_stands_out_from_one_of_the_two_pages_and_no_two_are_alike() -> None:
    for colour in segments.PAINT:
        assert max(contrast(colour, "#fbfaf7"), contrast(colour, "#14171a")) >= 4
    rgb = np.array([[int(one[i : i + 2], 16) for i in (1, 3, 5)] for one in segments.PAINT])
    apart = np.abs(rgb[:, None] - rgb[None]).sum(-1)
    assert apart[~np.eye(len(rgb), dtype=bool)].min() > 60


def test_painting_leaves_the_background_and_marks_edges() -> None:
    pixels = np.full((4, 6, 3), 100, np.uint8)
    labels = np.zeros((4, 6), np.uint8)
    labels[:, 3:] = 7
    out = segments.painted(pixels, labels, {7: "#ff0000"}, opacity=0.5)
    assert (out[:, :3] == 100).all()
    assert out[0, 5].tolist() == [178, 50, 50]  # half way from 100 to 255, 0 and 0
    assert np.array_equal(np.nonzero(segments.edges(labels).any(0))[0], [2])
    labels[:] = 7
    labels[:, 5] = 0
    assert segments.painted(pixels, labels, {7: "#ff0000"}, 0.5)[0, 4].tolist() == [255, 0, 0]


def test_shares_go_from_white_to_the_colour() -> None:
    out = segments.shares(np.array([[0, 0.5, 1, 2]], np.float32), "#3f90da")
    assert out[0, 0].tolist() == [255, 255, 255]
    assert out[0, 2].tolist() == out[0, 3].tolist() == [0x3F, 0x90, 0xDA]
    assert out[0, 1].tolist() == [159, 200, 236]


def test_the_legend_names_all_labels_and_escapes_them() -> None:
    text = segments.legend(["background", "<b>"], ["#ff0000"], [0.75, 0.25])
    assert "background 75.0 %" in text
    assert "&lt;b&gt; 25.0 %" in text
    assert "background:#ff0000" in text


def row(**values: str) -> dict[str, str]:
    usual = {
        "head": "average", "network": "n", "sizes": "449", "mirror": "true", "labels": "given",
        "crf": "false", "class": "", "metric": "miou", "value": "0.4", "data": "VOC 2012 val",
        "pictures": "271", "date": "2026-01-02",
    }  # fmt: skip
    return usual | values


def test_pairs_stand_best_first_each_with_its_crf() -> None:
    rows = [
        row(), row(crf="true", value="0.5"), row(head="max", value="0.55"),
        row(labels="predicted", value="0.3"), row(value="", head="lse"),
        row(**{"class": "cat", "metric": "iou", "value": "0.7"}),
    ]  # fmt: skip
    found = results.read(rows)
    assert len(found) == 5
    given = results.pairs(found, "given")
    assert [(one.either.head, one.best) for one in given] == [("max", 0.55), ("average", 0.5)]
    assert given[0].after is None
    assert (given[1].before.value, given[1].after.value) == (0.4, 0.5)
    assert [one.best for one in results.pairs(found, "predicted")] == [0.3]
    assert [one.best for one in results.pairs(found, "given", "cat")] == [0.7]
    assert results.pairs(found, "given", "dog") == []


@pytest.mark.parametrize("bad", [{"value": "much"}, {"pictures": ""}])
def test_a_damaged_row_is_named(bad: dict[str, str]) -> None:
    with pytest.raises(DatasetError, match=r"Line 3 .*benchmarks\.segmentation --write"):
        results.read([row(), row(**bad)])

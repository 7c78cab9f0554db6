"""Tables of classes and attributes: numbers, missing values, equal rows, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from wsl_core.datasets import attributes
from wsl_core.datasets.attributes import AttributeTable
from wsl_core.datasets.attributes.table import spoken
from wsl_core.errors import DatasetError

LECTURE = "class,furry,4 legs,tail\ndog,1,1,1\nfish,0,0,1\nchimp,1,0,0\n"


def test_the_lectures_table_and_back() -> None:
    table = AttributeTable.of_csv(LECTURE, "lecture")
    assert table.classes == ("dog", "fish", "chimp")
    assert table.attributes == ("furry", "4 legs", "tail")
    assert table.values.tolist() == [[1, 1, 1], [0, 0, 1], [1, 0, 0]]
    assert table.csv_text() == LECTURE
    assert table.coinciding() == []
    assert table.chosen(["tail"]).coinciding() == [("dog", "fish")]


def test_percentages_words_and_gaps() -> None:
    text = "class,furry,tail\ndog,100,yes\ncat,50,\nfish,0,no\n"
    table = AttributeTable.of_csv(text, "mixed")
    assert table.values[:, 0].tolist() == [1, 0.5, 0]
    assert table.missing.tolist() == [[False, False], [False, True], [False, False]]
    # What is not known is the mean of the others, and counts as not there.
    assert table.values[1, 1] == pytest.approx(table.values[[0, 2], 1].mean())
    assert not table.binary[1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class,furry\ndog,1\ncat,-0.5\n", ("cat", "row 3", "-0.5", "furry", "column 2")),
        ("class,furry\ndog,1\ncat,x\n", ("row 3", "cat", "'x'", "furry")),
        ("class,furry,tail\ndog,1,1\ncat,1\n", ("row 3", "cat", "1 values", "2 attributes")),
        ("class,furry\ndog,1\nDog,1\n", ("Dog", "twice")),
        ("class,furry,furry\ndog,1,1\ncat,1,0\n", ("furry", "twice")),
        ("class,furry\ndog,120\ncat,1\n", ("dog", "120")),
        ("class,furry\ndog,1\n", ("1 class",)),
        ("class,furry,tail\ndog,1,\ncat,0,\n", ("no value at all", "tail")),
        ("class,furry\ndog,1\n,0\n", ("class 2 has no name",)),
        ("", ("no class",)),
    ],
)
def test_refusals_say_row_and_column(text: str, said: tuple[str, ...]) -> None:
    with pytest.raises(DatasetError) as refused:
        AttributeTable.of_csv(text, "animals.csv")
    for part in (*said, "animals.csv", "Accepted"):
        assert part in str(refused.value)


def test_numbers_that_are_not_as_many_as_the_names() -> None:
    with pytest.raises(
        DatasetError, match=r"has 2 x 3 values, and names 2 classes and 2 attributes"
    ):
        AttributeTable.of(["dog", "cat"], ["furry", "tail"], np.zeros((2, 3)), "table")


def test_names_answer_in_any_spelling() -> None:
    table = AttributeTable.of_csv("class,a\ngrizzly+bear,1\nblue whale,0\n", "t")
    assert table.index("Grizzly_Bear") == 0
    assert table.rows(["blue+whale", "grizzly bear"]).tolist() == [[0], [1]]
    with pytest.raises(DatasetError, match=r"'bear'.*grizzly"):
        table.index("bear")
    with pytest.raises(DatasetError, match=r"'b'.*There are: a"):
        table.chosen(["b"])


@pytest.mark.data
def test_awas_binary_table_is_its_percentages_cut_at_their_mean(data: Path) -> None:
    found = attributes.read(data / "awa2")
    published = np.loadtxt(data / "awa2" / "predicate-matrix-binary.txt")
    assert found.table.values.shape == (50, 85)
    np.testing.assert_array_equal(found.table.binary, published > 0)
    assert found.table.missing.sum() == 4
    three = found.table.chosen(["furry", "quadrapedal", "tail"])
    dog, ape = three.index("dalmatian"), three.index("chimpanzee")
    # Unlike the lecture's table, AwA gives the chimpanzee all three.
    assert three.binary[dog].tolist() == three.binary[ape].tolist() == [True] * 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("001.Black_footed_Albatross", "black footed albatross"),
        ("036.Yellow-billed_Cuckoo", "yellow billed cuckoo"),
        ("blue+whale", "blue whale"),
        ("St. Bernard", "st. bernard"),
        ("7.", "7."),
    ],
)
def test_a_name_as_people_say_it(name: str, said: str) -> None:
    assert spoken(name) == said

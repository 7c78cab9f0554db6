import json
from pathlib import Path

import pytest

from wsl_core.errors import ClassNameError, NetworkError
from wsl_core.networks import CARDS, Card, ClassNames, class_names, imagenet


@pytest.fixture(scope="module")
def classes() -> ClassNames:
    return imagenet.classes()


@pytest.mark.parametrize(
    "wanted",
    [
        *(281, "281", " 281 ", "n02123045", "N02123045", "tabby", "tabby cat", "tabby, tabby cat"),
        *("Tabby_Cat", "TABBY", "  tabby   cat "),
    ],
)
def test_a_class_answers_to_all_its_names(classes: ClassNames, wanted: str | int) -> None:
    assert classes.find(wanted) == 281


def test_every_class_answers_to_its_title_wnid_and_index(classes: ClassNames) -> None:
    for i, (title, wnid) in enumerate(zip(classes.titles, classes.wnids, strict=True)):
        assert classes.find(title) == classes.find(wnid) == classes.find(i) == i


def test_a_part_that_one_class_has_is_enough(classes: ClassNames) -> None:
    assert classes.names[classes.find("hognose")].startswith("hognose snake")
    assert classes.find("espresso m") == 550


def test_an_exact_name_wins_over_parts(classes: ClassNames) -> None:
    assert sum("beaver" in name for name in classes.names) == 1
    assert classes.find("bee") == 309  # also in beer, beetle, beehive
    assert sum("bee" in name for name in classes.names) > 5


def test_two_classes_of_one_name_are_both_listed(classes: ClassNames) -> None:
    with pytest.raises(ClassNameError, match=r"2 classes: 134 crane .*; 517 crane ") as refusal:
        classes.find("crane")
    assert "bird" in str(refusal.value)  # what tells them apart


def test_the_classes_of_a_shared_name_have_titles_of_their_own(classes: ClassNames) -> None:
    assert classes.titles[134] == "crane (n02012849)"
    assert classes.titles[517] == "crane (n03126707)"


def test_a_title_names_its_class_even_where_another_has_it_as_a_synonym(
    classes: ClassNames,
) -> None:
    assert "partridge" in classes.names[82]
    assert classes.find("partridge") == 86


def test_names_that_differ_only_in_capitals_are_ambiguous(classes: ClassNames) -> None:
    with pytest.raises(ClassNameError, match=r"264 Cardigan .*474 cardigan "):
        classes.find("cardigan")


def test_many_candidates_are_listed_up_to_a_dozen(classes: ClassNames) -> None:
    with pytest.raises(ClassNameError, match=r"281 tabby .*282 tiger cat .*and \d+ more"):
        classes.find("cat")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (1000, "no class 1000.*0 to 999"),
        (-1, "no class -1.*0 to 999"),
        ("123456789", "no class 123456789"),
        ("", "empty"),
        (" _ ", "empty"),
        ("unicorn", "No class is named 'unicorn'"),
        ("--5", "No class is named"),
        ("²", "No class is named"),
        ("9" * 5000, "No class is named"),
    ],
)
def test_what_names_no_class_is_refused_in_words(
    classes: ClassNames, wanted: str | int, words: str
) -> None:
    with pytest.raises(ClassNameError, match=words):
        classes.find(wanted)


def test_titles_are_unique(classes: ClassNames) -> None:
    assert len(classes) == 1000
    assert len({title.lower() for title in classes.titles}) == 1000


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_there_are_as_many_names_as_outputs(classes: ClassNames, card: Card) -> None:
    assert len(classes) == card.classes


@pytest.mark.data
def test_the_order_is_that_of_the_published_class_index(classes: ClassNames, data: Path) -> None:
    index = json.loads((data / "imagenet" / "imagenet_class_index.json").read_text())
    assert list(classes.wnids) == [index[str(i)][0] for i in range(1000)]


def test_digits_answer_to_their_figure() -> None:
    assert class_names.DIGITS.find("7") == class_names.DIGITS.find(7) == 7
    assert class_names.DIGITS.titles[3] == "3"


def test_numbered_classes_answer_to_their_number() -> None:
    assert class_names.numbered(21).find(20) == class_names.numbered(21).find("class 20") == 20


def test_a_missing_timm_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NetworkError, match="pip install timm"):
        imagenet.classes.__wrapped__()

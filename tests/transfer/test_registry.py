"""The registry of methods, the parameters, the recipes: light to import, and they fit together."""

import subprocess
import sys

import pytest

from wsl_core.datasets import domains
from wsl_core.errors import ParameterError
from wsl_core.transfer.adaptation import METHODS, AdaptationParameters, method, recipes
from wsl_core.transfer.adaptation.architectures import ARCHITECTURES, architecture
from wsl_core.transfer.adaptation.methods import COMMON
from wsl_core.transfer.adaptation.request import Request

NAMES = {
    "source-only",
    "sa",
    "dann",
    "adda",
    "translation",
    "self-training",
    "coral",
    "adabn",
    "target",
}


def test_the_methods_are_those_of_the_lecture_and_the_others_asked_for() -> None:
    assert set(METHODS) == NAMES
    lecture = [one.name for one in METHODS.values() if one.lecture]
    assert lecture == ["source-only", "sa", "dann", "adda", "translation", "target"]
    assert [one.name for one in METHODS.values() if one.target_labels] == ["target"]


def test_nothing_heavy_is_imported_with_the_registry() -> None:
    code = (
        "import sys, wsl_core.transfer.adaptation, wsl_core.transfer.adaptation.request\n"
        "import wsl_core.transfer.adaptation.results, wsl_core.transfer.adaptation.schedules\n"
        "import wsl_core.transfer.adaptation.diagnosis\n"
        "print(*sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "wsl_core.transfer.adaptation" in found
    assert {"torch", "sklearn", "pandas", "matplotlib", "streamlit"}.isdisjoint(found)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_names_a_learner_and_fields_that_there_are(name: str) -> None:
    import importlib

    from wsl_core.transfer.adaptation.torch_learner import Learner

    card = method(name)
    module, _, learner = card.learner.partition(":")
    assert issubclass(getattr(importlib.import_module(module), learner), Learner)
    assert {*card.parameters, *COMMON} <= set(AdaptationParameters.model_fields)


def test_every_field_has_a_title_and_a_sentence() -> None:
    for field in AdaptationParameters.model_fields.values():
        assert field.title
        assert str(field.description).endswith(".")


@pytest.mark.parametrize("network", ["fast", "paper"])
@pytest.mark.parametrize("pair", ["", *domains.PAIRS])
def test_a_recipe_leaves_nothing_open(pair: str, network: str) -> None:
    for name in METHODS:
        how = AdaptationParameters(method=name, network=network).settled(pair)
        assert set(how.model_dump()) == set(AdaptationParameters.model_fields)
        still = [key for key, value in how.model_dump().items() if value is None]
        elsewhere = {"encoder_rate"} - {*METHODS[name].parameters}  # another method's own
        assert set(still) <= {"dropout", "dimensions"} | elsewhere
        assert architecture(how.architecture)
        assert how.settled(pair) == how


def test_recipes_name_pairs_methods_and_fields_that_there_are() -> None:
    rows = [*recipes.METHODS.values(), *recipes.PAIRS.values(), *recipes.TOGETHER.values()]
    pairs = {*recipes.PAIRS, *recipes.PAPERS, *(pair for pair, _ in recipes.TOGETHER)}
    assert pairs <= set(domains.PAIRS)
    assert {*recipes.METHODS, *(name for _, name in recipes.TOGETHER)} <= set(METHODS)
    assert {key for row in [recipes.EVERYWHERE, *rows] for key in row} <= set(
        AdaptationParameters.model_fields
    )
    assert set(recipes.PAPERS.values()) <= set(ARCHITECTURES)


def test_what_was_given_wins_over_the_recipe() -> None:
    how = AdaptationParameters(steps=7, negatives=True, rate=0.5).settled("synsigns-gtsrb")
    assert (how.steps, how.negatives, how.rate, how.inputs) == (7, True, 0.5, "picture")


def test_a_baseline_differs_in_the_method_alone() -> None:
    asked = Request(pair="mnist-usps", adaptation={"method": "translation", "steps": 9, "batch": 8})
    how = asked.baseline("source-only").settled()
    assert (how.method, how.steps, how.batch) == ("source-only", 9, 8)
    assert how.rate == AdaptationParameters(method="source-only").settled("mnist-usps").rate
    augmented = Request(pair="mnist-usps", adaptation={"method": "self-training"})
    assert augmented.baseline("target").settled().augmentation == "affine"


def test_unknown_names_are_refused_in_words() -> None:
    with pytest.raises(ParameterError, match=r"no method of adaptation named 'cdan'.* sa, dann"):
        AdaptationParameters(method="cdan").settled()
    with pytest.raises(ParameterError, match=r"no architecture named 'vgg'.* digits"):
        architecture("vgg")
    with pytest.raises(ParameterError, match=r"adaptation\.steps 0 is not accepted"):
        Request.of({"pair": "mnist-mnistm", "adaptation": {"steps": 0}})

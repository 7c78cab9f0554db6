"""Adaptation pair by pair: every training once, by whichever process, and rows that follow from them."""

import argparse
import json
import threading
from dataclasses import replace
from pathlib import Path
from statistics import fmean, stdev

import pytest

from benchmarks import adaptation_pairs as benchmark
from benchmarks import adaptation_trainings, measure
from benchmarks.adaptation_entries import ENTRIES, INGREDIENTS, Entry
from benchmarks.adaptation_trainings import Training
from wsl_core.cli import adapt, arguments
from wsl_core.datasets import domains
from wsl_core.figures import adaptation_results as results
from wsl_core.jobs.locks import Lock
from wsl_core.transfer.adaptation import METHODS, AdaptationParameters
from wsl_core.transfer.adaptation.finished import AdaptationRun

BASE = {"source-only": 0.4, "dann": 0.7, "self-training": 0.8, "target": 0.9, "sa": 0.5}
TOY = Entry("digits-dimmed", "dann", extra={"steps": 4})


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Trainings that are noted and not done; result files go elsewhere."""
    monkeypatch.setenv("WSL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(measure, "RESULTS", tmp_path / "benchmarks" / "results")
    (tmp_path / "benchmarks").mkdir()
    done: list[str] = []

    def train(self: Training) -> dict:
        how = self.request.adaptation
        done.append(self.key)
        accuracy = BASE[how.method] + 0.01 * how.seed
        found = {
            "accuracy": accuracy, "accuracy_centred": accuracy + 0.05 * (how.method == "source-only"),
            "oracle": {"step": 2, "accuracy": accuracy + 0.02}, "steps": how.steps, "seconds": 5.0,
            "picks": {"infomax": {"step": 2, "accuracy": accuracy}}, "remarks": [],
            "counts": {"source": 10, "target": 20, "evaluation": 30}, "data": "generated",
            "parts": {"grey": accuracy, "colour": accuracy}, "notes": ["One."],
            "looks": [{"step": how.steps, "proxy_distance": 1.5}],
            "ceiling": self.request.pair != "synnumbers-svhn", "date": "2026-11-27",
            **measure.circumstances(()),
        }  # fmt: skip
        self._place(".json").write_text(json.dumps(found))
        return found

    monkeypatch.setattr(Training, "_train", train)
    monkeypatch.setattr(domains.PairCard, "missing", lambda self: None)
    return done


def test_entries_are_of_pairs_and_methods_that_there_are() -> None:
    names = [entry.name for entry in ENTRIES]
    assert len(set(names)) == len(names)
    for entry in ENTRIES:
        assert entry.pair in domains.PAIRS
        assert entry.method in METHODS
    lecture = {"mnist-mnistm", "synnumbers-svhn", "svhn-mnist", "synsigns-gtsrb"}
    for method in ("sa", "dann"):
        assert lecture <= {entry.pair for entry in ENTRIES if entry.method == method}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: ":".join(entry.name))
def test_the_command_of_an_entry_asks_for_the_same_training(entry: Entry) -> None:
    parser = argparse.ArgumentParser()
    adapt.add_arguments(parser)
    words = entry.command(3).split()
    assert words[:4] == ["python", "-m", "wsl_core", "adapt"]
    read = arguments.read(AdaptationParameters, parser.parse_args(words[4:]))
    asked = entry.request(0)
    same = Training.of(asked.model_copy(update={"adaptation": read}))
    assert same.key == Training.of(asked).key


def test_ingredients_take_as_many_steps_as_the_whole() -> None:
    whole = Entry("mnist-mnistm", "self-training").request(0).settled()
    for entry in INGREDIENTS:
        assert entry.request(0).settled().steps == whole.steps
    assert INGREDIENTS[-1].request(0).settled() == whole.model_copy(update={"steps": whole.steps})
    nothing = INGREDIENTS[0].request(0).settled()
    assert (nothing.method, nothing.negatives) == ("source-only", False)


def test_what_differs_in_nothing_is_one_training() -> None:
    dann = Entry("mnist-mnistm", "dann").trainings(0)
    sa = Entry("mnist-mnistm", "sa").trainings(0)
    own = Entry("mnist-mnistm", "source-only").trainings(0)
    assert sa["source-only"] == own["source-only"]
    assert dann["source-only"] == own["source-only"]
    longer = Entry("mnist-mnistm", "dann", extra={"steps": 20_000}).trainings(0)
    assert longer["source-only"] != own["source-only"]
    # Parameters that a method does not have make no other training of it.
    assert (
        Entry("mnist-mnistm", "dann", extra={"pretraining": 0.3}).trainings(0)["dann"].key
        == dann["dann"].key
    )
    keys = {
        one.key
        for seed in range(2)
        for one in Entry("mnist-mnistm", "dann").trainings(seed).values()
    }
    assert len(keys) == 6  # fmt: skip


def test_each_is_trained_once_and_a_broken_run_goes_on(trained, monkeypatch) -> None:
    entries = [TOY, replace(TOY, method="sa")]
    keep = Training._train

    def broken(self: Training) -> dict:
        if len(trained) == 3:
            raise KeyboardInterrupt
        return keep(self)

    monkeypatch.setattr(Training, "_train", broken)
    with pytest.raises(KeyboardInterrupt):
        benchmark.train(entries, 2)
    monkeypatch.setattr(Training, "_train", keep)
    before = list(trained)
    assert benchmark.train(entries, 2) == []
    assert len(trained) == len(set(trained)) == 8  # 2 seeds of dann, sa, source only, target
    assert trained[:3] == before
    assert benchmark.train(entries, 2) == []
    assert len(trained) == 8
    benchmark.train(entries, 1, anew=True)
    assert len(trained) == 12  # what both entries share is trained anew once


def test_a_row_is_what_its_trainings_say(trained) -> None:
    benchmark.train([TOY], 3)
    row = benchmark.row(TOY, 3)
    accuracies = [0.7, 0.71, 0.72]
    assert row["accuracy_mean"] == pytest.approx(fmean(accuracies))
    assert row["accuracy_sd"] == pytest.approx(stdev(accuracies), abs=1e-4)
    assert (row["source_only"], row["source_only_centred"]) == pytest.approx((0.41, 0.46))
    assert row["gap_covered"] == pytest.approx((0.71 - 0.46) / (0.91 - 0.46), abs=1e-4)
    assert (row["seeds"], row["steps"], row["evaluated"]) == (3, 4, 30)
    assert row["parts"] == "grey 0.7100; colour 0.7100"
    (read,) = results.read([{name: str(value) for name, value in row.items()}])
    assert read.gap == row["gap_covered"]


def test_one_seed_has_no_deviation_and_no_ceiling_no_gap(trained) -> None:
    entry = Entry("synnumbers-svhn", "dann")
    benchmark.train([entry], 1)
    assert len(trained) == 2  # no ceiling is asked for
    row = benchmark.row(entry, 3)
    assert (row["seeds"], row["accuracy_sd"], row["target"], row["gap_covered"]) == (1, "", "", "")
    assert "| 70.0 |" in " ".join(benchmark.table([row]).split())


def test_what_an_earlier_file_has_of_the_same_recipe_is_not_trained_again(
    trained, tmp_path
) -> None:
    def forgotten() -> None:
        for one in (tmp_path / "cache" / "adaptation_trainings").iterdir():
            one.unlink()

    def write(seeds: int) -> None:
        measure.write(benchmark.TABLE, benchmark.rows([TOY], seeds))
        measure.write(adaptation_trainings.TABLE, benchmark.training_rows([TOY], seeds))

    benchmark.train([TOY], 1)
    write(1)
    forgotten()
    benchmark.train([TOY], 3)
    assert len(trained) == 9  # as on one machine
    over_two = benchmark.row(TOY, 3)
    write(3)
    forgotten()
    assert benchmark.train([TOY], 3) == []
    assert len(trained) == 9
    assert benchmark.row(TOY, 3) == over_two
    benchmark.train([TOY], 3, anew=True)
    assert len(trained) == 18
    assert benchmark.row(TOY, 3) == over_two  # the same facts, not read from the file
    other = replace(TOY, extra={"steps": 5})
    assert benchmark.rows([other], 3) == []  # another recipe: the old figure is not its own
    benchmark.train([other], 1)
    assert benchmark.rows([other], 3)[0]["seeds"] == 1


def test_a_trainings_row_holds_the_facts_that_figures_are_made_of(trained) -> None:
    benchmark.train([TOY], 1)
    one = TOY.trainings(0)["dann"]
    facts = one.kept()
    measure.write(adaptation_trainings.TABLE, [adaptation_trainings.row(one, facts)])
    read = adaptation_trainings.written()[one.key]
    assert read == {name: facts[name] for name in read}


def test_missing_data_are_said_and_the_others_go_on(trained, monkeypatch, capsys) -> None:
    monkeypatch.setattr(
        domains.PairCard,
        "missing",
        lambda self: "Nothing is there." if self.name == "mnist-usps" else None,
    )
    absent = Entry("mnist-usps", "dann")
    monkeypatch.setattr(benchmark, "ENTRIES", (absent, TOY))
    monkeypatch.setattr("sys.argv", ["x", "--seeds", "1", "--json", "--write"])
    assert benchmark.main() == 1
    found = json.loads(capsys.readouterr().out)
    assert found["refused"] == ["mnist-usps:dann:fast: Nothing is there."]
    assert [one["pair"] for one in found["rows"]] == ["digits-dimmed"]
    assert [one["pair"] for one in measure.read(benchmark.TABLE)] == ["digits-dimmed"]
    monkeypatch.setattr("sys.argv", ["x", "--only", "digits-dimmed", "--list"])
    assert benchmark.main() == 0
    assert "1 of 3" in capsys.readouterr().out


def test_entries_are_chosen_by_pair_method_and_variant(monkeypatch, capsys) -> None:
    assert benchmark.chosen([]) == list(ENTRIES)
    assert [one.method for one in benchmark.chosen(["svhn-mnist"])] == ["sa", "dann"]
    both = benchmark.chosen(["photo-sketch:sa", "photo-sketch"])
    assert [one.method for one in both] == ["sa", "coral", "dann", *["self-training"] * 2]
    (whole,) = benchmark.chosen(["mnist-mnistm:self-training:all three"])
    assert whole == INGREDIENTS[-1]
    monkeypatch.setattr("sys.argv", ["x", "--only", "mnist-mars"])
    assert benchmark.main() == 2
    assert "--only mnist-mars names no entry" in capsys.readouterr().err


def test_a_second_process_waits_for_the_first(trained, monkeypatch) -> None:
    monkeypatch.setattr(adaptation_trainings, "LOOK_S", 0.01)
    one = TOY.trainings(0)["dann"]
    lock = Lock(one._place(".lock"))
    lock.path.parent.mkdir(parents=True)
    assert lock.take()  # as though another process were at it
    found: list[dict] = []
    waiting = threading.Thread(target=lambda: found.append(one.facts()))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    assert trained == []
    facts = one._train()
    lock.release()
    waiting.join(60)
    assert found == [facts]
    assert len(trained) == 1


def test_a_real_training_is_kept_with_its_arrays(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("WSL_CACHE", str(tmp_path))
    one = Training.of(replace(TOY, extra={"steps": 4, "interval": 4}).request(0))
    assert one.kept() is None
    assert one.result() is None
    facts = one.facts()
    assert one.kept() == facts
    assert (facts["steps"], facts["pair"]) == (4, "digits-dimmed")
    result = one.result()
    assert result.arrays["snapshot/steps"].tolist() == [0, 4]
    assert "machine" in facts
    one.forget()
    assert one.kept() is None


def test_the_first_seed_is_saved_as_the_page_reads_it(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WSL_CACHE", str(tmp_path / "cache"))
    small = {"steps": 4, "batch": 8, "interval": 2, "lambda_largest": 0.1}
    entry = Entry("digits-dimmed", "dann", variant="lambda to 0.1", extra=small)
    benchmark.ship(entry, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()  # it is not trained yet
    accuracy = Training.of(entry.request(0)).facts()["accuracy"]
    benchmark.ship(entry, tmp_path / "runs")
    (place,) = (tmp_path / "runs").iterdir()
    assert place.name == "digits-dimmed-dann-lambda-to-0.1"
    run = AdaptationRun.load(place)
    assert run.steps.tolist() == [0, 2, 4]
    assert run.parameters.lambda_largest == 0.1
    assert run.facts["accuracy"] == pytest.approx(accuracy, rel=1e-5)
    assert run.facts["command"] == entry.command(1)

"""The shipped measurement, and what the Layer probes page says of it."""

import csv
import io

import pytest

from wsl_core.errors import DatasetError
from wsl_core.transfer.probes import RIDGE, SOFTMAX, SVM, TOGETHER, Probes
from wsl_core.transfer.probes.finished import finished
from wsl_core.web.probes import finished as page
from wsl_core.web.probes import in_python as code
from wsl_core.web.probes import sentences as words
from wsl_core.web.probes.view import ProbesView


@pytest.fixture(scope="module")
def found() -> Probes:
    return finished()


def test_the_shipped_measurement_is_whole(found: Probes) -> None:
    assert [one.name for one in found.layers][-3:] == ["pooled", "logits", TOGETHER]
    assert found.classifiers == (SOFTMAX, SVM, RIDGE)
    assert found.shown is not None
    for one in found.layers:
        for name in found.classifiers:
            assert len(one.accuracies(name)) == found.splits
            said = found.shown.predicted[name][one.name]
            assert len(said) == len(found.shown.labels)
    assert found.best(SOFTMAX).name not in ("stem", TOGETHER)


def test_two_layers_share_all_pictures(found: Probes) -> None:
    one, other = found.hits(SOFTMAX, "stem"), found.hits(SOFTMAX, "stage7")
    assert len(found.only(SOFTMAX, "stem", "stage7")) == (one & ~other).sum()
    assert found.confusion(SVM, "stage7").sum() == len(found.shown.labels)
    assert found.confusion(SOFTMAX, "stem").trace() == one.sum()
    pairs = found.mistaken(SOFTMAX, "stem", 1000)
    assert sum(n for *_, n in pairs) == (~one).sum()
    assert all(a != b for a, b, _ in pairs)


def test_the_table_and_the_file_have_every_layer(found: Probes) -> None:
    head, rows = words.rows(found)
    assert all(len(one) == len(head) for one in rows)
    listed = list(csv.DictReader(io.StringIO(page.as_csv(found))))
    splits = found.splits + (found.fixed is not None)
    assert len(listed) == len(found.layers) * len(found.classifiers) * splits


def test_the_published_table_has_both_sets() -> None:
    head, rows = words.paper()
    assert head == ["classifier (layers kept)", "Caltech-101", "Caltech-256", "seen"]
    assert rows[0] == ["SVM (1)", "44.8 % ± 0.7", "24.6 % ± 0.4", "lecture"]
    assert len(rows) == 8
    assert len(words.before()[1]) == 6


def test_the_lines_in_python_run(found: Probes, capsys: pytest.CaptureFixture[str]) -> None:
    exec(code.finished("softmax", "stage7", "stem"), {})
    out = capsys.readouterr().out
    count = len(found.only("softmax", "stage7", "stem"))
    assert f"{count} pictures are named by stage7 alone" in out
    compile(code.live("example:digits", 5, 1, 97), "live", "exec")


def test_a_live_run_is_small() -> None:
    asked = ProbesView(pictures="digits", train=10).request()
    assert (asked.data, asked.train, asked.examples) == ("example:digits", 10, (1, 2, 5))
    assert ProbesView(pictures="caltech101").request().classes == 15


def test_what_is_not_shipped_is_refused() -> None:
    with pytest.raises(DatasetError, match="no finished probes named 'nothing'"):
        finished("nothing")

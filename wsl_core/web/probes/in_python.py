"""The lines that do in Python what the Layer probes page shows."""

FINISHED = """\
from wsl_core.transfer.probes.finished import finished

found = finished("caltech101")
for layer in found.layers:
    print(layer.name, layer.mean("{classifier}"), layer.deviation("{classifier}"))
print(found.mistaken("{classifier}", "{layer}", most=5))
print(len(found.only("{classifier}", "{layer}", "{beside}")), "pictures are named by {layer} alone")
"""

LIVE = """\
from wsl_core import jobs
from wsl_core.transfer.probes import JOB, Probes

asked = {{"data": "{data}", "train": {train}, "test": 20, "splits": {splits}, "size": {size}}}
run = jobs.submit(JOB, asked)
run.wait()
for layer in Probes.of(run.result().facts).layers:
    print(layer.name, layer.mean("softmax"), layer.mean("svm"))
"""


def finished(classifier: str, layer: str, beside: str) -> str:
    """Figures of the shipped measurement."""
    return FINISHED.format(classifier=classifier, layer=layer, beside=beside)


def live(data: str, train: int, splits: int, size: int) -> str:
    """A measurement of one's own."""
    return LIVE.format(data=data, train=train, splits=splits, size=size)

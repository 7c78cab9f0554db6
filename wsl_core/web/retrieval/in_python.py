"""The lines that do in Python what the Retrieval page shows; tests run them."""

from wsl_core.transfer.retrieval import examples
from wsl_core.web.retrieval.shown import Asked


def neighbours(asked: Asked, collection: str, tap: str, top: int) -> str:
    """The neighbours of a picture in a collection that comes with the program."""
    region = "" if asked.region is None else f", ({', '.join(f'{n:g}' for n in asked.region)})"
    if asked.number is not None:
        photo = f'examples.EXAMPLES["{collection}"].photo({asked.number})'
    elif asked.key is not None:
        photo = f'images.gallery.load("{asked.key}")'
    else:
        photo = 'images.read("holiday.jpg")'
    without = "" if asked.number is None else f", {{{asked.number}}}"
    return "\n".join(
        [
            "from wsl_core import images",
            "from wsl_core.transfer.retrieval import ask, examples, vector",
            "",
            f'index = examples.load("{collection}", "{tap}").learned',
            "descriptor = index.descriptor()",
            f"look = descriptor.look({photo})",
            f"asked = vector(index, descriptor, look{region})",
            f"for one in ask(index, asked, {top}{without}):",
            f'    print(examples.EXAMPLES["{collection}"].names[one.number], round(one.similarity, 3))',
        ]
    )


def layers(collection: str) -> str:
    """Mean average precision of every layer."""
    return "\n".join(
        [
            "from wsl_core.transfer.retrieval import examples",
            "",
            "for tap in examples.TAPS:",
            f'    measured = examples.load("{collection}", tap).measured',
            '    print(tap, {kind: round(one["map"], 3) for kind, one in measured.items()})',
        ]
    )


def own(file: str, tap: str) -> str:
    """A collection of one's own, indexed and asked."""
    layer = "" if tap == examples.TAPS[-1] else f', "tap": "{tap}"'
    return "\n".join(
        [
            "from wsl_core import images, jobs",
            "from wsl_core.transfer.retrieval import INDEX_JOB, Index, ask, vector",
            "",
            f'*_, result = jobs.run(INDEX_JOB, {{"source": "{file}"{layer}}})',
            "index = Index.of(result.facts, result.arrays)",
            "descriptor = index.descriptor()",
            'look = descriptor.look(images.read("holiday.jpg"))',
            "for one in ask(index, vector(index, descriptor, look), 6):",
            "    print(one.name, round(one.similarity, 3))",
        ]
    )


TABLE = "\n".join(
    [
        "from wsl_core import published",
        "",
        'for row in published.rows("retrieval"):',
        "    print(row.method, row.dataset, row.metric, row.value, row.status)",
    ]
)

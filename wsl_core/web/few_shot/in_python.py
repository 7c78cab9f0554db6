"""The lines of Python that do what the Few examples page shows; a test runs them."""

from collections.abc import Mapping, Sequence

from wsl_core.images import gallery

COMMAND = "python -m wsl_core few-shot --data FOLDER --shots 1,5,10 --ways 5"


def live(examples: Mapping[str, Sequence[str]], asked: str | None, head: str) -> str:
    """The lines that make the classifier and ask it."""
    lines = [f"    {name!r}: [{', '.join(map(_photo, keys))}]," for name, keys in examples.items()]
    return "\n".join(
        [
            "from wsl_core import images",
            "from wsl_core.transfer.few_shot import ExampleClassifier, seen",
            "",
            "examples = {",
            *lines,
            "}",
            f"classifier = ExampleClassifier.of(examples, {head!r})",
            f"answer = classifier.answer(seen({_photo(asked or 'picture.jpg')}))",
            "print(answer.names[answer.best], answer.scores)",
            "print(answer.maps[answer.best])  # its mean is the score",
        ]
    )


def _photo(key: str) -> str:
    if key in gallery.GALLERY:
        return f"images.gallery.load({key!r})"
    return f"images.read({key!r})"


MEASURED = f"""\
# The same on the command line: {COMMAND}
from wsl_core import jobs
from wsl_core.transfer.few_shot import JOB, FewShotParameters

how = FewShotParameters(data="FOLDER", shots=(1, 5, 10), ways=5)
for event in jobs.run(JOB, how.model_dump(mode="json")):
    print(event)
"""

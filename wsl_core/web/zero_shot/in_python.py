"""The lines of Python that do what the Zero-shot page shows; a test runs them."""

from wsl_core.images import gallery
from wsl_core.transfer.zero_shot import MethodParameters
from wsl_core.web.zero_shot.asked import Asked
from wsl_core.web.zero_shot.rows import Own
from wsl_core.web.zero_shot.view import ATTRIBUTES, CLASSES, Has


def three(has: Has, kept: Has) -> str:
    """The small table, and whether it suffices."""
    names = [name for name, stays in zip(ATTRIBUTES, kept, strict=True) if stays]
    head = ",".join(["class", *names])
    rows = [
        ",".join([name, *("1" if one else "0" for one in row)])
        for name, row in zip(CLASSES, has[:, kept], strict=True)
    ]
    if not names:
        return "# Every attribute is deleted, and with none no table can be written."
    text = "\n".join([head, *rows])
    return f'''\
from wsl_core.datasets.attributes import AttributeTable

table = AttributeTable.of_csv("""{text}""", "my table")
print(table.coinciding())  # classes that no picture can tell apart
'''


OWN = """
mine = AttributeTable.of_csv(Path("attributes.csv").read_text(), "my table")
known = known.described_by(mine)"""

FITTED = """\
{imports}import numpy as np

from wsl_core.transfer.zero_shot import METHODS, MethodParameters
from wsl_core.transfer.zero_shot.division import divided
from wsl_core.transfer.zero_shot.shipped import animals

known = animals(){own}
table = known.table
unseen = [table.index(name) for name in known.splits["{split}"]]
parts = divided(known.labels, unseen, seed=0)
labels = np.searchsorted(parts.seen, known.labels[parts.train])
fitted = METHODS["{method}"].fit(
    known.rows[parts.train], labels, table.values[parts.seen], MethodParameters({how})
)
"""

PICTURE = """
from wsl_core import images
from wsl_core.transfer.few_shot.features import descriptor_of, rows_of
from wsl_core.transfer.zero_shot.parameters import ZeroShotFeatures

how = ZeroShotFeatures().features
row = rows_of(descriptor_of(how), how.mirrored, [{picture}])
"""

KEPT_ASIDE = """
row = known.rows[{place} : {place} + 1]  # a picture that was kept aside
"""

DESCRIBE = """
names, values = list(table.classes), table.values.copy()
{changes}
scores = fitted.scores(row, values)[0]
for one in np.argsort(-scores)[:5]:
    print(names[one], scores[one])
"""

UNSEEN = """
from wsl_core.transfer.zero_shot.measures import hubness, predicted_counts, stacking

classes = np.sort(np.concatenate([parts.seen, parts.unseen]))  # those that have pictures
judged = parts.aside | parts.asked
scores = fitted.scores(known.rows[judged], table.values[classes])
places = np.searchsorted(classes, known.labels[judged])
curve = stacking(scores, places, np.isin(classes, parts.seen))
at = curve.at({gamma:.4g})
print(curve.unseen[at], curve.seen[at], curve.harmonic[at], curve.area)

alone = fitted.scores(known.rows[parts.asked], table.values[parts.unseen]).argmax(axis=1)
counts = predicted_counts(alone, len(parts.unseen))
print(dict(zip((table.classes[one] for one in parts.unseen), counts)), hubness(counts))
"""

MEETING = """
print(fitted.model.history[0].spread, fitted.model.history[-1].spread)
pictures = fitted.model.pictures(fitted.rows.apply(known.rows[parts.asked]))  # f(x)
classes = fitted.model.classes(fitted.signatures.apply(table.values[parts.unseen]))  # g(y)
print((pictures @ classes.T).shape)  # cosines
# The collapse: METHODS["two-networks"].fit(..., MethodParameters(negatives=False))
"""

MEASURED = """\
# The same on the command line:
# python -m wsl_core zero-shot --data FOLDER --method prototype --split proposed
from wsl_core import jobs
from wsl_core.transfer.zero_shot.evaluation import JOB

for event in jobs.run(JOB, {"data": "FOLDER", "method": "prototype", "split": "proposed"}):
    print(event)
"""


def how_of(how: MethodParameters) -> str:
    """The parameters that are not the usual ones, as arguments."""
    usual = MethodParameters()
    return ", ".join(
        f"{name}={getattr(how, name)!r}"
        for name in MethodParameters.model_fields
        if getattr(how, name) != getattr(usual, name)
    )


def describe(split: str, method: str, how: MethodParameters, place: Asked, mine: Own) -> str:
    """A picture among classes whose rows are changed."""
    changes = []
    for name, like in mine.added.items():
        changes += [
            f"names.append({name!r})",
            f"values = np.concatenate([values, values[[table.index({like!r})]]])",
        ]
    for name, row in mine.changed.items():
        changes += [
            f"values[names.index({name!r}), table.attributes.index({attribute!r})] = {value:.2f}"
            for attribute, value in row.items()
        ]
    if place.number is not None:
        asked = KEPT_ASIDE.format(place=place.number)
    elif place.name in gallery.GALLERY:
        asked = PICTURE.format(picture=f"images.gallery.load({place.name!r})")
    else:
        asked = PICTURE.format(picture='images.read("picture.jpg")')
    told = (
        "\n".join(changes)
        or "# change values[names.index(CLASS), table.attributes.index(ATTRIBUTE)]"
    )
    return _fitted(split, method, how, bool(mine.table)) + asked + DESCRIBE.format(changes=told)


def _fitted(split: str, method: str, how: MethodParameters, own: bool = False) -> str:
    imports = "from pathlib import Path\n\n" if own else ""
    lines = FITTED.format(
        imports=imports, own=OWN if own else "", split=split, method=method, how=how_of(how)
    )
    needed = "from wsl_core.datasets.attributes import AttributeTable\n"
    return (
        lines.replace("import numpy as np\n\n", f"import numpy as np\n\n{needed}") if own else lines
    )


def unseen(split: str, method: str, how: MethodParameters, gamma: float) -> str:
    """Seen and unseen classes, and hubs."""
    return _fitted(split, method, how) + UNSEEN.format(gamma=gamma)


def meeting(split: str, how: MethodParameters) -> str:
    """Two networks."""
    return _fitted(split, "two-networks", how) + MEETING

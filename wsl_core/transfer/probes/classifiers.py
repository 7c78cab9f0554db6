"""The classifiers that are put on every layer; page, command line and tests iterate `CLASSIFIERS`."""

from dataclasses import dataclass

from wsl_core.transfer.probes.losses import Loss, softmax, squared_hinge

SOFTMAX, SVM, RIDGE = "softmax", "svm", "ridge"


@dataclass(frozen=True)
class Classifier:
    """A linear classifier.

    Attributes:
        name: in results, links and files.
        title: for people.
        sentence: what it is.
        loss: None for the ridge, whose solution is one linear equation.
        constants: C that are tried on a part of the training pictures, the smallest first; products have a
            mean diagonal of 1, so that they mean the same for every layer. The ridge takes one.
        usual: C where there are too few pictures for a choice.
    """

    name: str
    title: str
    sentence: str
    loss: Loss | None
    constants: tuple[float, ...]
    usual: float


CLASSIFIERS = {
    one.name: one
    for one in (
        Classifier(
            SOFTMAX,
            "Soft-max",
            "Multinomial logistic regression: one probability for each class, adding up to 1.",
            softmax,
            (1.0, 10.0, 100.0),
            10.0,
        ),
        Classifier(
            SVM,
            "SVM",
            "A linear support vector machine with squared hinge for each class against the rest.",
            squared_hinge,
            (0.1, 0.3, 1.0),
            0.3,
        ),
        Classifier(
            RIDGE,
            "Ridge preview",
            "Least squares on +1 for the class and -1 for the others: one linear equation, no support "
            "vector machine.",
            None,
            (1.0,),
            1.0,
        ),
    )
}

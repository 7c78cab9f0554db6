"""`WeaklySupervised`: a classifier of your own classes that shows where they are, from labels alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from wsl_core import networks
from wsl_core.datasets.labelled import PRESENT, LabelledPictures
from wsl_core.errors import DatasetError, HeadError
from wsl_core.fcn import activation_maps
from wsl_core.fcn.heads.card import HeadCard
from wsl_core.fcn.heads.head import Head
from wsl_core.fcn.heads.head_maps import HeadMaps
from wsl_core.fcn.heads.parameters import TrainingParameters
from wsl_core.fcn.heads.request import Request
from wsl_core.images import Photo
from wsl_core.jobs import Checkpoint, Progress
from wsl_core.jobs.parts import completed
from wsl_core.networks import ClassScore, Network

Report = Callable[[float, str], None]


class WeaklySupervised:
    """A network and a head for classes of your own.

    Attributes:
        network: the classifier whose features are read.
        scheme: how class maps are pooled.
        classes: names.
        head: None before it is trained.
    """

    def __init__(
        self,
        network: Network | str = networks.DEFAULT,
        scheme: str = "wildcat",
        classes: Sequence[str] = (),
        *,
        parameters: Mapping[str, Any] | None = None,
        training: TrainingParameters | None = None,
    ) -> None:
        """Nothing is trained yet.

        Args:
            network: a loaded network, or the name of one.
            scheme: of `wsl_core.fcn.pooling.SCHEMES`.
            classes: a choice of the set's classes; all of them if not given.
            parameters: of the scheme.
            training: how it is trained.

        Raises:
            ParameterError: there is no such scheme, or a parameter is not accepted.
            NetworkError: there is no such network.
        """
        self.network = networks.load(network) if isinstance(network, str) else network
        self.scheme, self.classes = scheme, tuple(classes)
        self._request = Request.of(
            {
                "scheme": scheme,
                "network": self.network.card.name,
                "parameters": dict(parameters or {}),
                "training": training or TrainingParameters(),
            }
        )
        self._request.check()
        self.head: Head | None = None

    def fit(self, dataset: LabelledPictures, report: Report | None = None) -> Self:
        """Train the head on labels of whole pictures, in this process.

        Args:
            dataset: as `wsl_core.datasets.labelled.read` gives it.
            report: called with the share done (0 .. 1) and what is being done.

        Raises:
            DatasetError: a class without pictures, a single class, or labels outside the class list.
            ParameterError: a parameter is not accepted.
        """
        from wsl_core.fcn.heads import training

        network = self.network
        if self.head is not None and self.head.card.finetuned:
            # This network was retrained by an earlier call: begin again from the published weights.
            network = networks.load(network.card.name)

        def heard(event: Progress | Checkpoint) -> None:
            if report is not None and isinstance(event, Progress):
                report(event.share, event.doing)

        events = training.trained(network, self._of_classes(dataset), self._request)
        self.head = completed(events, heard)
        self.network, self.classes = self.head.network(), self.head.card.classes
        return self

    def _of_classes(self, dataset: LabelledPictures) -> LabelledPictures:
        """The set with the labels of the chosen classes."""
        if self.classes in {(), dataset.classes}:
            return dataset
        if unknown := [name for name in self.classes if name not in dataset.classes]:
            raise DatasetError(
                f"{dataset.title} has no class {unknown[0]!r}. It has: {', '.join(dataset.classes)}."
            )
        columns = [dataset.classes.index(name) for name in self.classes]
        chosen = tuple(
            replace(
                one,
                labels=tuple(one.labels[i] for i in columns),
                objects=tuple(
                    replace(thing, index=columns.index(thing.index))
                    for thing in one.objects
                    if thing.index in columns
                ),
            )
            for one in dataset.pictures
        )
        outside = [one.name for one in chosen if dataset.single and PRESENT not in one.labels]
        if outside:
            raise DatasetError(
                f"The picture {outside[0]} of {dataset.title} has a label outside the class list "
                f"{', '.join(self.classes)}. Take such pictures out of the set, or name all its classes."
            )
        return replace(dataset, classes=self.classes, pictures=chosen)

    def class_maps(self, photo: Photo, size: int | str | None = None) -> HeadMaps:
        """Maps and scores of all classes.

        Args:
            photo: the picture.
            size: its longer side as fed, in pixels; if not given, the sizes and flips that the head was
                made for, fused.

        Raises:
            HeadError: the head is not trained yet.
            ParameterError: a size outside the limits.
        """
        head = self._trained()
        sizes = head.card.sizes if size is None else (size,)
        flips = (False, True) if size is None and head.card.mirror else (False,)
        return head.read(
            activation_maps.fuse(
                [
                    self.network.class_maps(photo, one, mirrored=flip)
                    for one in sizes
                    for flip in flips
                ]
            )
        )

    def predict(self, photo: Photo, size: int | str | None = None) -> list[ClassScore]:
        """All classes with their scores and probabilities, best first.

        Raises:
            HeadError: the head is not trained yet.
            ParameterError: a size outside the limits.
        """
        return self.class_maps(photo, size).top(len(self.classes))

    def save(self, place: str | Path) -> HeadCard:
        """Write the head into a folder: head.safetensors and card.json.

        Raises:
            HeadError: the head is not trained yet, or the folder cannot be written.
        """
        return self._trained().save(place)

    @classmethod
    def load(cls, head: str | Path, **options: Any) -> "WeaklySupervised":
        """A shipped head by its name, or any head by its folder, with its network.

        Args:
            head: name or folder.
            **options: of `networks.load`.

        Raises:
            HeadError: it is not there or damaged.
        """
        found = Head.load(head)
        one = cls(
            found.network(**options),
            found.card.scheme,
            found.card.classes,
            parameters=found.card.parameters,
            training=found.card.recipe,
        )
        one.head = found
        return one

    def _trained(self) -> Head:
        if self.head is None:
            raise HeadError("This head is not trained yet. Call fit first, or load a trained one.")
        return self.head

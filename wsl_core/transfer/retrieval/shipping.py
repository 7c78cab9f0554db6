"""Make the vectors of the examples again: `python -m wsl_core.transfer.retrieval.shipping`."""

import datetime
import json
import sys

import numpy as np
from safetensors.numpy import save

from wsl_core import networks, whole_files
from wsl_core.images import Photo, gallery
from wsl_core.transfer.retrieval.comparison import LEARNED, RANDOM, descriptors
from wsl_core.transfer.retrieval.descriptor import Descriptor
from wsl_core.transfer.retrieval.examples import EXAMPLES, HERE, TAPS
from wsl_core.transfer.retrieval.index import digest
from wsl_core.transfer.retrieval.parameters import PIXELS, DescriptorParameters


def features(descriptor: Descriptor, photos: list[Photo]) -> np.ndarray:
    """(N, D) float16."""
    return np.stack([descriptor.vector(descriptor.look(one)) for one in photos]).astype(np.float16)


def main() -> None:
    """Write the files of every example."""
    loaded = {
        LEARNED: networks.load(),
        RANDOM: networks.load(networks.DEFAULT, weights="random"),
    }
    pictures = [gallery.load(key) for key in gallery.names()]
    HERE.mkdir(exist_ok=True)
    for name, example in EXAMPLES.items():
        photos = [example.photo(n) for n in range(len(example))]
        arrays, identities = {}, {}
        for tap in TAPS:
            print(f"{name}, {tap}", file=sys.stderr, flush=True)
            for kind, how in descriptors(DescriptorParameters(tap=tap)).items():
                descriptor = Descriptor(how, loaded.get(kind))
                identities[kind] = descriptor.identity
                stored = kind if kind == PIXELS else f"{kind}/{tap}"
                if stored not in arrays:
                    arrays[stored] = features(descriptor, photos)
                if kind == RANDOM and name == "things":  # the page asks with these at first
                    arrays[f"gallery/{kind}/{tap}"] = features(descriptor, pictures)
        facts = {
            "date": datetime.date.today().isoformat(),
            "network": networks.DEFAULT,
            "descriptor": DescriptorParameters().model_dump(mode="json"),
            "identities": identities,
            "sizes": [(one.width, one.height) for one in photos],
            "sha256": [digest(one) for one in photos],
            "gallery": list(gallery.names()) if name == "things" else [],
        }
        whole_files.write(HERE / f"{name}.safetensors", save(arrays))
        whole_files.write(HERE / f"{name}.json", f"{json.dumps(facts, indent=1)}\n".encode())


if __name__ == "__main__":
    main()

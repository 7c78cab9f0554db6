"""The weights file of a network whose last stages were retrained with a head.

It is the published file with the retrained tensors in the place of the published ones, made in a worker
once and kept in WSL_CACHE. Its name holds a digest of those tensors, so that class maps can say which
weights they are of.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from wsl_core import jobs, whole_files
from wsl_core.errors import HeadError
from wsl_core.settings import settings

JOB = "wsl_core.fcn.heads.retrained:merge"


def weights_file(network: str, name: str, tensors: Mapping[str, NDArray[Any]]) -> Path:
    """The file of this name in WSL_CACHE, made if it is not there yet.

    Args:
        network: name of its card.
        name: of the file, as `Head.trained` says.
        tensors: the retrained ones, by their names in the network's torch module.

    Raises:
        WeightsError: the published weights are missing.
        HeadError: a tensor is not the network's, or the folder cannot be written.
    """
    path = settings().cache / "weights" / "retrained" / name
    if not path.is_file():
        for _ in jobs.run(JOB, {"network": network, "path": str(path)}, dict(tensors)):
            pass
    return path


def merge(task: jobs.Task) -> Iterator[jobs.Event]:
    """Job: write `config["path"]` for the network `config["network"]` with the tensors of `arrays`.

    Raises:
        WeightsError: the published weights are missing.
        HeadError: a tensor is not the network's, or the folder cannot be written.
    """
    import torch
    from safetensors.torch import save

    from wsl_core.networks import card, torch_runtime

    one, path = card(task.config["network"]), Path(task.config["path"])
    yield jobs.Progress(0.3, "reading the published weights")
    tensors = torch_runtime.classifier(one).state_dict()
    for name, value in task.arrays.items():
        if name not in tensors or tuple(tensors[name].shape) != value.shape:
            raise HeadError(
                f"The retrained tensor {name} of shape {value.shape} is not one of {one.title}. Get the "
                f"head again, or train it again."
            )
        tensors[name] = torch.from_numpy(value).to(tensors[name].dtype)
    yield jobs.Progress(0.8, "writing the retrained weights")
    data = save({name: tensor.contiguous() for name, tensor in tensors.items()})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole_files.write(path, data)
    except OSError as error:
        raise HeadError(
            f"The retrained weights cannot be written to {path.parent}: "
            f"{error.strerror or 'the disk refused'}. Free some space there, or set WSL_CACHE to a folder "
            f"that can be written."
        ) from None
    yield jobs.Result({"file": str(path)})

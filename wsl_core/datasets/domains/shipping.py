"""Write the shipped digits anew from MNIST in WSL_DATA: `python -m wsl_core.datasets.domains.shipping`."""

from pathlib import Path

from wsl_core.datasets.digits import mnist
from wsl_core.datasets.domains.readers.handwritten import write_shipped
from wsl_core.datasets.domains.sets import folder_of

FOLDER = Path(__file__).parents[1] / "shipped"


def main() -> None:
    """Write both files."""
    root = folder_of("mnist")
    write_shipped(mnist(root), mnist(root, "test"), FOLDER)


if __name__ == "__main__":
    main()

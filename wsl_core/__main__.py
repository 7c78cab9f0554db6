"""`python -m wsl_core`, also installed as `wsl`."""

import sys

from wsl_core.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m scripts.cli`: what scripts/omnify runs."""

import sys

from scripts.cli.app import main
from utils import log

if __name__ == "__main__":
    log.configure("warning")
    sys.exit(main(sys.argv[1:]))

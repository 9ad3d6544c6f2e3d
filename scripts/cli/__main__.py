"""`python -m scripts.cli`: what scripts/omnify runs."""

import sys

from scripts.cli.stdout import OutputLost, output_watched


def run() -> int:
    """One verb; 130 for Ctrl-C, however early it comes."""
    try:
        with output_watched():
            from scripts.cli.app import main  # most of a second: Ctrl-C meanwhile is nobody's defect either
            from utils import log

            log.configure("warning")
            return main(sys.argv[1:])
    except OutputLost as lost:
        if lost.detail:
            print(lost.detail, file=sys.stderr)
        return lost.code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(run())

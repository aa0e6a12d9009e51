"""`python -m workflow`: the command line where no script is installed."""

import sys

from workflow.cli import main

if __name__ == "__main__":
    sys.exit(main())

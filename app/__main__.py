"""`python -m app`."""

import sys

from app.cli import main

if __name__ == "__main__":  # each worker process reads this file too, under another name
    sys.exit(main())

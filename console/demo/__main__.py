"""``python -m console.demo``."""

from __future__ import annotations

import sys

from console.demo.main import main

if __name__ == "__main__":
    sys.exit(main())

"""``python -m console.demo``."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from console.demo.main import main

if __name__ == "__main__":
    code = main()
    with suppress(OSError):  # whoever read us may be gone
        sys.stdout.flush()
        sys.stderr.flush()
    # everything is closed by now; freeing a large floor's million records one by one would only delay the end
    os._exit(code)

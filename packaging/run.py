"""Run, test and measure Supervisor Console from a source tree: ``python3 packaging/run.py demo``.

This file checks the Python version and nothing else, in words that every Python can read; the work is
done by the ``runner`` package beside it. Only the standard library is needed.
"""

import os
import sys

OLDEST = (3, 11)
NEWEST = (3, 13)

if __name__ == "__main__":
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.stderr.write(
            "Supervisor Console runs on Python 3.11, 3.12 and 3.13; this is Python "
            + ".".join([str(part) for part in sys.version_info[:3]])
            + ". Start this command with one of those.\n"
        )
        sys.exit(2)
    # some modes (python -P, PYTHONSAFEPATH) leave the script's own folder out
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from runner.command import main

    sys.exit(main(sys.argv[1:]))

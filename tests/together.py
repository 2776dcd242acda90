"""The whole suite in two processes side by side, ``make test``: the tests that run the workflow, and the rest.

The rest is shown as it runs, then what the other said. Ends with 1 where either failed. Both would take one core each for most of their
time.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PYTEST = (sys.executable, "-m", "pytest")


def main(arguments: list[str]) -> int:
    """Run both with pytest's further ``arguments``."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace") as said:
        workflow = subprocess.Popen(
            [*PYTEST, str(TESTS / "workflow"), *arguments], stdout=said, stderr=subprocess.STDOUT
        )
        try:
            rest = subprocess.run([*PYTEST, str(TESTS), f"--ignore={TESTS / 'workflow'}", *arguments], check=False)
            print("the tests that run the workflow:", flush=True)
            failed = workflow.wait()
        except BaseException:
            workflow.terminate()
            workflow.wait()
            raise
        said.seek(0)
        print(said.read(), flush=True)
    return int(bool(rest.returncode) or bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

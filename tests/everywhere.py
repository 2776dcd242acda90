"""The whole suite as other machines would run it: ``make test-everywhere``, or some rows of it by their names.

Each row is a fresh clone in a folder of its own, with ``make test`` in it: instruction sets of the engine, kernels of the BLAS,
NumPy's own instructions, Pythons, a locale, a path, a user's Matplotlib. Rows that this machine cannot have are said to be left out. The logs
stay in ``.everywhere`` beside the checkout's files.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
LOGS = CHECKOUT / ".everywhere"
MATPLOTLIBRC = "text.usetex: True\naxes.grid: True\nfont.family: serif\nsavefig.dpi: 50\nsavefig.bbox: tight\n"
NEWEST = ("python3.14", "python3.13", "python3.12")  # the first that is here and whose packages install


@dataclass(frozen=True)
class Row:
    """``instructions`` is the widest set of the engine, ``kernel`` OpenBLAS's, ``disabled`` what NumPy goes without."""

    name: str
    instructions: str
    kernel: str
    disabled: str  # a pattern of NumPy's names
    folder: str = "plain"
    python: tuple[str, ...] = ("python3.11", "python3")
    hostile: bool = False

    def environment(self, here: Path) -> dict[str, str]:
        found = os.environ | {"RNNATLAS_INSTRUCTION_SET": self.instructions, "OPENBLAS_CORETYPE": self.kernel}
        if self.hostile:
            (here.parent / "matplotlibrc").write_text(MATPLOTLIBRC, encoding="utf-8")
            found |= {"LC_ALL": "C", "MATPLOTLIBRC": str(here.parent / "matplotlibrc")}
            found |= {"MPLBACKEND": "module://matplotlib_inline_of_another_environment.backend_inline"}
        return found


ROWS = (
    Row("avx512", "avx512", "SkylakeX", r"(?!)"),
    Row("avx2", "avx2", "Haswell", r"AVX512|X86_V4", "mein Ordner mit Ümläuten", hostile=True),
    Row("baseline", "baseline", "Prescott", r".", python=NEWEST),
)


def main(names: list[str]) -> int:
    """Run the rows; the number of those that failed."""
    flags = next((line for line in _text("/proc/cpuinfo").splitlines() if line.startswith("flags")), "")
    failed = 0
    for row in ROWS:
        if names and row.name not in names:
            continue
        needed = {"avx512": "avx512f", "avx2": "avx2"}.get(row.instructions)
        python = next((found for name in row.python if (found := shutil.which(name)) and _runs(found)), None)
        if (needed and needed not in flags.split()) or python is None:
            print(
                f"{row.name}: left out, this machine has no {needed if python else ' or '.join(row.python)}", flush=True
            )
            continue
        failed += not run(row, python)
    return failed


def run(row: Row, python: str) -> bool:
    """Set a clone up and test it; says how it went."""
    LOGS.mkdir(exist_ok=True)
    here = LOGS / row.folder / row.name
    shutil.rmtree(here, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(here)], check=True)
    environment = row.environment(here)
    pip = [f"PIP_ARGS={os.environ['PIP_ARGS']}"] if os.environ.get("PIP_ARGS") else []
    begun = time.monotonic()
    with open(LOGS / f"{row.name}.log", "w", encoding="utf-8") as log:

        def make(target: str) -> bool:
            words = ["make", target, f"PYTHON={shlex.quote(python)}", *pip]
            return not subprocess.run(words, cwd=here, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False).returncode  # fmt: skip

        good = make(".venv/installed")
        if good:
            script = "import numpy._core._multiarray_umath as n; print(*n.__cpu_dispatch__)"
            names = subprocess.run([".venv/bin/python", "-c", script], cwd=here, capture_output=True, text=True, encoding="utf-8", check=True)  # fmt: skip
            off = [name for name in names.stdout.split() if re.search(row.disabled, name)]
            environment |= {"NPY_DISABLE_CPU_FEATURES": " ".join(off)} if off else {}
            good = make("test")
    counts = re.findall(r"^.*\b\d+ passed\b.*$", _text(LOGS / f"{row.name}.log"), re.MULTILINE)
    minutes = (time.monotonic() - begun) / 60.0
    told = "; ".join(count.strip("= ") for count in counts) if counts else f"see {LOGS / row.name}.log"
    print(
        f"{row.name} ({Path(python).name}, {row.kernel}): {'passed' if good else 'FAILED'} in {minutes:.0f} min; {told}",
        flush=True,
    )
    return good


def _runs(python: str) -> bool:
    """Whether it is an interpreter, and not a version manager's word for one."""
    return not subprocess.run([python, "-V"], capture_output=True, check=False).returncode


def _text(file: str | Path) -> str:
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

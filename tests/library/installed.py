"""The library installed from a wheel in a fresh environment, away from the checkout: ``python tests/library/installed.py [pip's options]``.

Takes a minute and asks pip for packages, so that ``make test-install`` runs it and ``make test`` does not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "workflow/rnnatlas")


def call(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> None:
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run(list(map(str, command)), cwd=cwd, env=inherited | (environment or {}), check=True)


def main(options: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in SOURCES:  # a build leaves files behind
            source, target = ROOT / name, folder / "source" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            skip = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target, ignore=skip) if source.is_dir() else shutil.copy(source, target)
        call(sys.executable, "-m", "venv", "environment", cwd=folder)
        python = folder / "environment" / "bin" / "python"
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        call(*pip, "wheel", "--quiet", *options, "--no-deps", "--wheel-dir", "wheels", "./source", cwd=folder)
        (wheel,) = (folder / "wheels").glob("rnnatlas-*.whl")
        pinned = ["--constraint", ROOT / "envs" / "requirements.txt"]
        call(*pip, "install", "--quiet", *options, *pinned, wheel, cwd=folder)
        shutil.rmtree(folder / "source")
        call(python, ROOT / "tests" / "library" / "alone.py", "installed", cwd=folder, environment={"RNNATLAS_CACHE": str(folder / "cache")})  # fmt: skip
        print("the library works by itself")


if __name__ == "__main__":
    main(sys.argv[1:])

"""What a study ran with: never part of an artifact, so that equal content stays equal bytes."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import rnnatlas
from rnnatlas.engine.select import select_engine
from rnnatlas.errors import AtlasError

PACKAGES = ("numpy", "scipy", "torch", "h5py", "scikit-learn", "pydantic", "matplotlib", "snakemake")


def manifest(files: Sequence[str | Path], taken: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Versions, engine, machine, commit, and the SHA-256 of each of ``files``; for networks ``taken`` from another study, by file, the
    other's file and its SHA-256."""
    for file in files:
        if not Path(file).is_file():
            raise AtlasError(file, None, "a file is expected, found none", "name files that are there")
    return {
        "rnnatlas": rnnatlas.__version__,
        "commit": _commit(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "machine": {"system": platform.system(), "processor": platform.machine(), "engine": select_engine("auto").name},
        "files": {file: _digest(file) for file in sorted(map(str, files))},
        "networks_from": {
            own: {"file": other, "sha256": _digest(own)}
            for own, other in sorted((taken or {}).items())
            if Path(own).exists()
        },
    }


def _digest(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def _version(name: str) -> str | None:
    """None for an extra that is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit of the checkout, with ``+`` if tracked files differ from it; None outside a checkout."""
    folder = Path(__file__).parent

    def git(*words: str) -> str | None:
        try:
            result = subprocess.run(["git", *words], cwd=folder, capture_output=True, encoding="utf-8", check=False)
        except FileNotFoundError:
            return None
        return result.stdout.strip() if result.returncode == 0 else None

    commit = git("rev-parse", "HEAD")
    return None if commit is None else commit + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")

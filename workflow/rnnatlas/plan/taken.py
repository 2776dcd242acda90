"""Networks that a study takes from another study, read only, instead of training them again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rnnatlas.artifacts.store import read_artifact
from rnnatlas.artifacts.training_schemas import NETWORKS
from rnnatlas.config.study import Study
from rnnatlas.errors import AtlasError

KEY, _ABSENT = "networks_from", "no such setting (another version of rnn-atlas)"
# The settings of each kind of training, by the name of its script.
TRAINING_USES = {
    "train_standard": "task network population training_engine",
    "train_alternatives": "task network deflation chains round training_engine",
}


def folder_of(study: Study, own: Path) -> Path | None:
    """The results of the study that networks are taken from: a path, or the name of a study beside this one, whose results are in
    ``own``. Raises ``AtlasError`` where there is none, or where it is this study."""
    name = study.networks_from
    if not name:
        return None
    folder = Path(name) if "/" in name or "\\" in name else own.parent / name
    if folder.resolve() == own.resolve():
        raise AtlasError(
            None, KEY, f"another study is expected, found this one, {name!r}", "give this study a `run:` of its own"
        )
    if not any(folder.glob("*/*/*/networks.h5")):
        expected = f"a study with trained networks is expected, in {folder}; there is none"
        raise AtlasError(
            None, KEY, expected, "name one whose networks are there, or take the key out: then they are trained"
        )
    return folder


def taken(folder: Path | None, task: str, ensemble: str) -> Path | None:
    """The file of an ensemble in another study, if it has it."""
    file = folder / task / ensemble / "networks.h5" if folder else None
    return file if file and file.exists() else None


def check_settings(file: Path, settings: Mapping[str, Any]) -> None:
    """Raise ``AtlasError`` unless the networks of ``file`` were trained with these ``settings``, whatever engine was asked for."""
    trained = json.loads(read_artifact(file, NETWORKS).attributes["cfg"])
    for key, own, other in _differences(settings, trained):
        if key != "engine":
            raise AtlasError(
                file, key, f"these networks were trained with {other}, this study asks for {own}",
                f"give the study the other's settings, or take {KEY} out of it: then it trains its own",
            )  # fmt: skip


def _differences(own: Any, other: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Paths at which two settings differ, with both values."""
    if isinstance(own, Mapping) and isinstance(other, Mapping):
        for name in sorted({*own, *other}):
            yield from _differences(own.get(name, _ABSENT), other.get(name, _ABSENT), f"{key}.{name}".strip("."))
    elif own != other:
        yield key, own, other

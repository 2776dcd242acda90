"""Reading and writing of artifacts.

A file is an HDF5 file behind a 512-byte user block that holds the SHA-256 of everything after it, so that damage
anywhere is found before the file is opened. Nothing in it depends on time, host or version: equal content is equal
bytes. Files appear under their name complete or not at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rnnatlas.artifacts.opening import HDF5, why_not_opened
from rnnatlas.artifacts.schema import Schema
from rnnatlas.errors import AtlasError

BLOCK = 512
_MAGIC = b"rnn-atlas sha256 "
_COMPRESS_FROM = 64  # numbers; a smaller dataset is stored as it is


@dataclass(frozen=True)
class Artifact:
    """The content of a file: arrays by path, and attributes (``cfg``, ``producer`` and those of the schema)."""

    data: dict[str, np.ndarray]
    attributes: dict[str, Any] = field(default_factory=dict)


def write_artifact(
    path: str | Path,
    schema: Schema,
    data: dict[str, np.ndarray],
    cfg: dict[str, Any],
    producer: str,
    attributes: dict[str, Any] | None = None,
) -> None:
    """Write ``data`` as an artifact, atomically; raises ``AtlasError`` if it breaks the schema or the disk refuses."""
    path = Path(path)
    data = {key: _storable(np.asarray(array)) for key, array in sorted(data.items())}
    schema.check(path, data)
    content = io.BytesIO()
    with h5py.File(content, "w", libver=("v110", "v110"), track_order=False) as file:
        for key, array in data.items():
            options: dict[str, Any] = {"track_times": False}
            if array.size >= _COMPRESS_FROM and array.dtype.kind != "O":
                options |= {"compression": "gzip", "compression_opts": 4, "shuffle": True, "fletcher32": True}
            file.create_dataset(key, data=array, **options)
        file.attrs["schema"] = schema.label
        file.attrs["producer"] = producer
        file.attrs["cfg"] = json.dumps(cfg, sort_keys=True)
        for key, value in sorted((attributes or {}).items()):
            file.attrs[key] = value
    write_bytes(path, _block(content.getvalue()) + content.getvalue())


def _storable(array: np.ndarray) -> np.ndarray:
    """Text as fixed-length UTF-8 bytes (HDF5's variable-length strings are not byte-stable); the rest as it is."""
    return np.char.encode(array, "utf-8") if array.dtype.kind == "U" else array


def _block(content: bytes) -> bytes:
    """The user block in front of ``content``: a mark and its SHA-256."""
    return (_MAGIC + hashlib.sha256(content).hexdigest().encode()).ljust(BLOCK, b"\0")


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file of any kind, atomically; raises ``AtlasError`` if the disk refuses."""
    path = Path(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(aside, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        with suppress(OSError):  # where no file can be, none is left behind
            aside.unlink(missing_ok=True)
        raise AtlasError(
            path,
            None,
            f"this file could not be written: {error.strerror or error}",
            "choose another name: a folder is called so"
            if path.is_dir()
            else f"choose another place: {_first_file(path)} is a file, not a folder"
            if _first_file(path)
            else "free some space or make the folder writable, then run the same command again; what is done is kept",
        ) from error


def _first_file(path: Path) -> Path | None:
    """A part of the path to ``path`` that should be a folder and is a file."""
    return next((folder for folder in path.parents if folder.exists() and not folder.is_dir()), None)


def read_artifact(path: str | Path, schema: Schema) -> Artifact:
    """Read and check an artifact. Raises ``AtlasError`` if it is absent, foreign, damaged, of another schema or shape."""
    path = Path(path)
    rebuild = schema.remedy
    try:
        raw = path.read_bytes()
    except OSError as error:
        expected, remedy = why_not_opened(path, error, f"where it is the workflow's, {schema.rule} makes it")
        raise AtlasError(path, None, expected, remedy) from error
    if not raw.startswith(_MAGIC):
        what = ": it is empty" if not raw else ": an HDF5 file of another origin" if raw.startswith(HDF5) else ""
        expected = f"an artifact of rnn-atlas is expected; this file is something else{what}"
        raise AtlasError(path, None, expected, rebuild)
    if raw[:BLOCK] != _block(raw[BLOCK:]):
        raise AtlasError(path, None, "this file is truncated or was altered: its content has another SHA-256", rebuild)
    with h5py.File(io.BytesIO(raw[BLOCK:]), "r") as file:
        attributes = {key: _plain(value) for key, value in file.attrs.items()}
        if attributes.get("schema") != schema.label:
            found = str(attributes.get("schema"))
            other = " (another version of rnn-atlas wrote it)" if found.split("/")[0] == schema.name else ""
            raise AtlasError(path, "schema", f"{schema.label!r} is expected, found {found!r}{other}", rebuild)
        data: dict[str, np.ndarray] = {}

        def collect(key: str, item: h5py.Dataset | h5py.Group) -> None:
            if isinstance(item, h5py.Dataset):
                array = item[()]
                data[key] = np.char.decode(array, "utf-8") if np.asarray(array).dtype.kind == "S" else np.asarray(array)

        file.visititems(collect)
    schema.check(path, {key: _storable(array) for key, array in data.items()})
    return Artifact(data, attributes)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value

"""An artifact that is read when it is first looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rnnatlas.arrays import Array
from rnnatlas.artifacts.schema import Schema
from rnnatlas.artifacts.store import read_artifact

Table = Mapping[str, Array]


def unchecked(table: Table) -> None:
    """Accepts any table."""


@dataclass(eq=False)
class Stored(Mapping[str, Array]):
    """The datasets of ``file`` by name. ``check`` may refuse what was read by raising ``AtlasError``."""

    file: Path
    schema: Schema
    check: Callable[[Table], None] = unchecked
    _data: dict[str, Array] | None = field(default=None, repr=False)

    @property
    def opened(self) -> bool:
        """Whether anything of it was asked for."""
        return self._data is not None

    @property
    def data(self) -> dict[str, Array]:
        """All datasets; raises ``AtlasError`` as ``read_artifact`` does."""
        if self._data is None:
            data = read_artifact(self.file, self.schema).data
            self.check(data)
            self._data = data
        return self._data

    def __getitem__(self, name: str) -> Array:
        return self.data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

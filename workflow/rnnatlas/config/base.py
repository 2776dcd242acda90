"""What every section of the configuration shares."""

from __future__ import annotations

from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A section: unknown keys are refused, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def plain(self) -> dict[str, Any]:
        """This section as nested dictionaries of built-in types with sorted keys, as a rule's ``cfg`` needs it."""
        return cast("dict[str, Any]", plain(self.model_dump(mode="json")))


def plain(value: Any) -> Any:
    """``value`` with the keys of every dictionary sorted."""
    if isinstance(value, dict):
        return {key: plain(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def setting(default: Any, description: str, unit: str | None = None, source: str | None = None, **bounds: Any) -> Any:
    """A field with its meaning, unit and source; these become the comments of the generated ``config.yaml``."""
    extra: dict[str, Any] = {key: text for key, text in (("unit", unit), ("source", source)) if text}
    return Field(default, description=description, json_schema_extra=extra or None, **bounds)

"""What every section of the configuration shares."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rnnatlas.errors import AtlasError, nearest


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


S = TypeVar("S", bound=BaseModel)


def settings_of(model: type[S], values: dict[str, Any]) -> S:
    """``model(**values)``; raises ``AtlasError`` with the key, what was given and what is allowed, or the nearest key there is."""
    try:
        return model(**values)
    except ValidationError as error:
        first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        key, known = ".".join(map(str, first["loc"])), ", ".join(model.model_fields)
        if first["type"] == "extra_forbidden":
            raise AtlasError(None, key, f"there is no such setting; there are {known}", nearest(key, model.model_fields) or "leave it out") from None  # fmt: skip
        raise AtlasError(None, key or model.__name__, f"{first['msg']}, found {first['input']!r:.60}", f"see help({model.__module__}.{model.__qualname__})") from None  # fmt: skip


def setting(default: Any, description: str, unit: str | None = None, source: str | None = None, **bounds: Any) -> Any:
    """A field with its meaning, unit and source; these become the comments of the generated ``config.yaml``."""
    extra: dict[str, Any] = {key: text for key, text in (("unit", unit), ("source", source)) if text}
    return Field(default, description=description, json_schema_extra=extra or None, **bounds)

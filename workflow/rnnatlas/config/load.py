"""From a dictionary of values to a checked study, or to one clear message."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from rnnatlas.config.charting import ChartingSettings
from rnnatlas.config.consistent import check_consistent
from rnnatlas.config.defaults import DEFAULT
from rnnatlas.config.study import CHAINS, POPULATIONS, Study, study_model
from rnnatlas.errors import AtlasError

_REMEDY = "mend this key in your study's file; config/config.yaml lists every key with its meaning"


def load_study(values: dict[str, Any], source: str = "configuration") -> Study:
    """The study that ``values``, laid over the default study, describe: dictionaries merge, lists replace. The same values mean the
    same study wherever they come from. Raises ``AtlasError`` with the key's path, what was given, what is allowed."""
    from rnnatlas.tasks.registry import check_task_name

    values = merged(default_values(), values)
    asked = values["tasks"]
    blocks = values.get("task") or {}
    if isinstance(asked, list):
        for name in asked:
            check_task_name(str(name), "tasks", source)
    if isinstance(blocks, dict):
        for name in blocks:
            check_task_name(str(name), f"task.{name}", source)
    charting = values.get("charting")
    charted = (charting.get("tasks") if isinstance(charting, dict) else None) or ChartingSettings().tasks
    if isinstance(charted, list):
        for name in charted:
            check_task_name(str(name), "charting.tasks", source)
    lists = (asked, charted, list(blocks) if isinstance(blocks, dict) else ())
    names = sorted({str(name) for one in lists if isinstance(one, (list, tuple)) for name in one})
    model = study_model(names)
    try:
        study = model.model_validate(values)
    except ValidationError as error:
        raise _explain(error, model, source) from None
    for section, parts in (("chain", study.chain), ("population", study.population)):
        for name, part in parts.items():
            for task in part.tasks:
                check_task_name(task, f"{section}.{name}.tasks", source)
    check_consistent(source, study)
    return study


def default_values() -> dict[str, Any]:
    """What a study means where its file says nothing: the values that differ from the models' own, and the sections by name to which
    a study may add."""
    sections = {"population": POPULATIONS, "chain": CHAINS}
    named = {key: {name: part.plain() for name, part in parts.items()} for key, parts in sections.items()}
    return named | DEFAULT


def merged(values: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """``over`` laid on ``values``, as Snakemake lays one configuration on another."""
    both = {
        key: merged(values[key], over[key])
        for key in values.keys() & over.keys()
        if isinstance(values[key], dict) and isinstance(over[key], dict)
    }
    return values | over | both


def _explain(error: ValidationError, model: type[BaseModel], source: str) -> AtlasError:
    """The first problem as a message: an unknown key before all, since it often causes the others."""
    problems = sorted(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
    first, loc = problems[0], _place(problems[0])
    others = dict.fromkeys(".".join(_place(problem)) for problem in problems)
    others.pop(".".join(loc))
    also = f" (to mend as well: {', '.join(others)})" if others else ""
    key = ".".join(loc)
    if first["type"] == "extra_forbidden":
        valid = _keys_at(model, loc[:-1])
        near = get_close_matches(loc[-1], valid, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"valid keys here: {', '.join(valid)}"
        return AtlasError(source, key, f"no such key{also}", f"{hint} {_REMEDY}")
    # Of a value that may be of several kinds, every kind reports what it would accept.
    allowed = "; or ".join(dict.fromkeys(problem["msg"] for problem in problems if _place(problem) == loc))
    return AtlasError(source, key, f"{allowed}, found {first.get('input')!r}{also}", _REMEDY)


def _place(problem: Any) -> list[str]:
    """The key's path, without the names of kinds that pydantic adds for a value that may be of several."""
    *parts, last = map(str, problem["loc"])
    is_kind = last in ("float", "int", "str") or last.startswith(("literal[", "constrained-", "tuple[", "list["))
    return parts if parts and is_kind else [*parts, last]


def _keys_at(model: type[BaseModel], path: list[str]) -> list[str]:
    """The valid keys of the section at ``path``."""
    here: Any = model
    for part in path:
        if isinstance(here, type) and issubclass(here, BaseModel) and part in here.model_fields:
            here = here.model_fields[part].annotation
        else:  # a dictionary of sections: any name leads to its values' model
            here = (get_args(here) or (None,))[-1]
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []

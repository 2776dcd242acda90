import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from rnnatlas.config.defaults import DEFAULT
from rnnatlas.config.document import default_yaml, main, schema_json
from rnnatlas.config.load import load_study

CONFIG = Path(__file__).parents[2] / "config"
PRESETS = sorted((CONFIG / "presets").glob("*.yaml"))


def merged(values: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """``over`` on ``values`` as Snakemake lays one --configfile over another: dictionaries merge, lists replace."""
    both = {key: merged(values[key], over[key]) for key in values.keys() & over.keys() if isinstance(over[key], dict)}
    return values | over | both


def preset(path: Path) -> dict[str, Any]:
    return merged(yaml.safe_load((CONFIG / "config.yaml").read_text()), yaml.safe_load(path.read_text()))


def test_config_yaml_is_what_the_models_generate() -> None:
    assert (CONFIG / "config.yaml").read_text() == default_yaml(), "run `make config`"


def test_schema_json_is_what_the_models_generate() -> None:
    assert (CONFIG / "schema.json").read_text() == schema_json(), "run `make config`"


def test_main_writes_both_files(tmp_path: Path) -> None:
    main(tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "config.yaml": default_yaml(),
        "schema.json": schema_json(),
    }


def test_the_default_read_back_is_the_default_study() -> None:
    assert load_study(yaml.safe_load(default_yaml())).plain() == load_study(DEFAULT).plain()


def test_every_number_of_config_yaml_is_read_as_a_number() -> None:
    """PyYAML, which Snakemake uses, takes 1e-20 for text; 1.0e-20 is a number."""
    found: list[str] = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, part in value.items():
                walk(part, f"{path}.{key}")
        elif isinstance(value, str):
            try:
                float(value)
            except ValueError:
                return
            found.append(path)

    walk(yaml.safe_load((CONFIG / "config.yaml").read_text()), "")
    assert found == []


def test_every_setting_is_commented() -> None:
    """All but those of the further entries of a dictionary, which repeat the first one's."""
    lines = default_yaml().splitlines()
    tasks, comments = load_study(DEFAULT).tasks, {}
    for above, line in pairwise(lines):
        key = line.strip().split(":")[0]
        if line.strip() and not line.strip().startswith("#"):
            comments[key] = comments.get(key, False) or above.strip().startswith("# ")
    tasks = [*tasks, *load_study(DEFAULT).charting.tasks]
    names = {*tasks, *load_study(DEFAULT).population, *load_study(DEFAULT).chain}
    assert [key for key, commented in comments.items() if not commented and key not in names] == []


def test_there_are_presets() -> None:
    assert {path.stem for path in PRESETS} >= {"tiny", "quick"}


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_is_a_study_with_a_folder_of_its_own(path: Path) -> None:
    loaded = load_study(preset(path))
    assert loaded.run == path.stem != "default"


@pytest.mark.parametrize("path", [CONFIG / "config.yaml", *PRESETS], ids=lambda path: path.stem)
def test_a_preset_satisfies_the_schema(path: Path) -> None:
    jsonschema.validate(preset(path), json.loads(schema_json()))


@pytest.mark.parametrize(
    "over",
    [
        {"sed": 1},
        {"seed": -1},
        {"population": {"g1.0": {"gain": -1.0}}},
        {"task": {"flip_flop": {"trial": {"bits": 0}}}},
        {"task": {"flip_flop": {"deflation": {"strength": "autoo"}}}},
        {"task": {"flip_flop": {"deflation": {"training": {"stepz": 1}}}}},
    ],
)
def test_the_schema_refuses_what_loading_refuses(over: dict[str, Any]) -> None:
    schema = json.loads(schema_json())
    values = load_study(DEFAULT).plain()
    jsonschema.validate(values, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(merged(values, over), schema)

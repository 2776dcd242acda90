"""Evidence: of what was declared and of nothing else, read when it is first looked into."""

from pathlib import Path

import numpy as np
import pytest

from rnnatlas.artifacts.dynamics_schemas import FINER_STEPS
from rnnatlas.artifacts.schemas import all_schemas, schema_of
from rnnatlas.artifacts.similarity_schemas import EMBEDDING, SIMILARITY
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.table_schemas import TABLE
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.evidence.needs import Item
from rnnatlas.evidence.stored import Stored

WHOLE = ("similarity", "embedding", "measures", "hidden")
EACH = (
    "extrapolation",
    "features",
    "reduced",
    "fixed_points",
    "generalisation",
    "limit_sets",
    "attractors",
    "decoding",
    "finer_steps",
    "robustness",
    "networks",
)
STANDARD, FIRST = "standard/g1.0", "alternatives/insd_alt1"
CFG = {"seed": 3, "declared": {}}


def table(order: tuple[str, ...] = (STANDARD, FIRST)) -> dict[str, np.ndarray]:
    """Two networks of each ensemble; the alternatives depart from the standards."""
    names = [name for name in order for _ in range(2)]
    round_ = np.array([int(name == FIRST) for name in names])
    return {
        "network": np.array([f"{name}#{k % 2}" for k, name in enumerate(names)]),
        "ensemble": np.array(names),
        "member": np.array([0, 1, 0, 1]),
        "chains": np.where(round_ > 0, "insd", "-"),
        "round": round_,
        "reference": np.where(round_ > 0, [0, 1, 0, 1], -1),
        "accepted": np.array([True, False, True, True]),
    }


def similarity(order: tuple[str, ...] = (STANDARD, FIRST)) -> dict[str, np.ndarray]:
    kinds = ("raw", "null", "raw_centred", "null_centred")
    data = table(order) | {name: np.eye(4) for name in kinds} | {f"untrained/{name}": np.zeros(4) for name in kinds}
    return data | {"null_share": np.full(4, 0.5), "performance": np.arange(4) / 4}


def finer(first: float) -> dict[str, np.ndarray]:
    noisy = first + np.array([[0.0, 0.1, 0.2], [0.5, 0.6, 0.7]])
    stable = np.arange(2 * 1 * 3).reshape(2, 1, 3)
    return {
        "factor": np.array([1, 2, 4]),
        "noisy": noisy,
        "clean": noisy,
        "change": noisy,
        "stable": stable,
        "unstable": stable,
    }


@pytest.fixture
def evidence() -> Evidence:
    each = {"finer_steps": {STANDARD: finer(1.0), FIRST: finer(2.0)}}
    return Evidence("flip_flop", table(), {"similarity": similarity(), **each})


# What was not declared


@pytest.mark.parametrize("kind", WHOLE)
def test_a_kind_of_all_networks_that_was_not_declared_cannot_be_read(kind: str) -> None:
    with pytest.raises(AtlasError, match=rf"{kind}: only what was declared may be read of flip_flop: finer_steps") as caught:  # fmt: skip
        getattr(Evidence("flip_flop", table(), {"finer_steps": {}}), kind)
    assert "add it to the needs" in str(caught.value)


@pytest.mark.parametrize("kind", EACH)
def test_a_kind_of_single_ensembles_that_was_not_declared_cannot_be_read(kind: str) -> None:
    e = Evidence("flip_flop", table(), {"similarity": similarity()})
    rows = np.arange(4)
    for read in (
        lambda: e.each(kind), lambda: e.of(0, kind), lambda: e.of_ensemble(0, kind), lambda: e.column(rows, kind, "x"),
        lambda: e.measured(kind),
    ):  # fmt: skip
        with pytest.raises(AtlasError, match=rf"{kind}: only what was declared may be read of flip_flop: similarity"):
            read()


def test_questions_about_undeclared_kinds_name_the_kind_that_they_need() -> None:
    e = Evidence("flip_flop", table())
    for read, kind in ((e.points, "fixed_points"), (e.limit_set, "limit_sets"), (e.hard, "generalisation")):
        with pytest.raises(AtlasError, match=f"{kind}: .*: nothing"):
            read(0)


# What was


def test_the_entries_of_a_network_are_those_of_its_member(evidence: Evidence) -> None:
    assert evidence.of(1, "finer_steps")["noisy"] == pytest.approx([1.5, 1.6, 1.7])
    assert evidence.of(3, "finer_steps")["noisy"] == pytest.approx([2.5, 2.6, 2.7])
    assert "factor" not in evidence.of(0, "finer_steps") and evidence.of(2, "finer_steps")["stable"].shape == (1, 3)
    assert evidence.of_ensemble(3, "finer_steps") is evidence.each("finer_steps")[FIRST]


def test_a_column_has_a_row_for_each_network_in_the_order_asked_for(evidence: Evidence) -> None:
    rows = np.array([3, 0, 2, 3])
    found = evidence.column(rows, "finer_steps", "noisy")
    assert np.array_equal(found, [evidence.of(int(n), "finer_steps")["noisy"] for n in rows])


def test_what_was_measured_is_told_of_all_ensembles_alike(evidence: Evidence) -> None:
    assert evidence.measured("finer_steps") == {"factor", "noisy", "clean", "change", "stable", "unstable"}
    assert Evidence("flip_flop", table(), {"finer_steps": {}}).measured("finer_steps") == set()


# Files


def write(path: Path, kind: str, data: dict[str, np.ndarray]) -> Path:
    write_artifact(path, schema_of(kind), data, {}, "test")
    return path


def test_a_file_is_read_when_it_is_first_looked_into(tmp_path: Path) -> None:
    stored = Stored(tmp_path / "finer_steps.h5", FINER_STEPS)
    assert not stored.opened  # it is not even there
    with pytest.raises(AtlasError, match=r"finer_steps\.h5"):
        stored["noisy"]
    assert not stored.opened
    write(tmp_path / "finer_steps.h5", "finer_steps", finer(1.0))
    assert not stored.opened
    assert stored["noisy"][0, 0] == 1.0 and stored.opened
    (tmp_path / "finer_steps.h5").unlink()  # read once, it is not read again
    assert set(stored) == set(finer(1.0)) and len(stored) == 6 and "clean" in stored


def test_what_is_refused_is_refused_each_time(tmp_path: Path) -> None:
    def refuse(data: object) -> None:
        raise AtlasError(None, None, "not this one", "another")

    write(tmp_path / "finer_steps.h5", "finer_steps", finer(1.0))
    stored = Stored(tmp_path / "finer_steps.h5", FINER_STEPS, refuse)
    for _ in range(2):
        with pytest.raises(AtlasError, match="not this one"):
            stored["noisy"]
    assert not stored.opened


def items(folder: Path, part: str = "own") -> list[tuple[list[str], str]]:
    """Declared: the table, similarity and embedding, and finer steps of two ensembles."""
    at = folder / ("controls" if part == "controls" else "")
    whole = [([part, "", kind], str(at / f"{kind}.h5")) for kind in ("table", "similarity", "embedding")]
    return whole + [([part, name, "finer_steps"], str(folder / name / "finer_steps.h5")) for name in (STANDARD, FIRST)]


def case(declared: list[tuple[list[str], str]]) -> Case:
    return Case.of("flip_flop", [item for item, _ in declared], [file for _, file in declared], CFG, 2)


def test_a_case_has_its_files_where_they_were_declared(tmp_path: Path) -> None:
    own, controls = items(tmp_path), items(tmp_path, "controls")
    for folder in (tmp_path, tmp_path / "controls"):
        write(folder / "table.h5", "table", table())
    write(tmp_path / "similarity.h5", "similarity", similarity())
    for name, first in ((STANDARD, 1.0), (FIRST, 2.0)):
        write(tmp_path / name / "finer_steps.h5", "finer_steps", finer(first))
    found = case(own + controls)
    assert (found.task, found.seed, found.threads, found.cfg) == ("flip_flop", 3, 2, CFG)
    assert found.evidence.similarity["performance"].tolist() == [0.0, 0.25, 0.5, 0.75]
    assert found.evidence.of(2, "finer_steps")["noisy"][0] == 2.0
    assert found.evidence.networks["network"].tolist() == table()["network"].tolist()
    assert not found.evidence.tables["embedding"].opened  # nothing asked for it: its file need not even be there
    assert found.controls is not None
    assert found.controls.each("finer_steps")[FIRST]["noisy"][0, 0] == 2.0
    assert found.files[Item("controls", "", "similarity")] == tmp_path / "controls" / "similarity.h5"
    with pytest.raises(AtlasError, match="measures"):
        _ = found.evidence.measures


def test_without_controls_a_case_has_none(tmp_path: Path) -> None:
    write(tmp_path / "table.h5", "table", table())
    found = case(items(tmp_path))
    assert found.controls is None and set(found.evidence.tables) == {"similarity", "embedding", "finer_steps"}


def test_every_item_has_one_file() -> None:
    for files in (["a.h5"], ["a.h5", "b.h5", "c.h5"]):
        with pytest.raises(ValueError, match="zip"):
            Case.of("flip_flop", [["own", "", "table"], ["own", "", "similarity"]], files, CFG)


def test_files_of_a_part_are_given_by_ensemble_and_trials_by_load() -> None:
    given = [["first", STANDARD, "networks"], ["trials", "", "test"], ["trials", "", "hard_0"], ["trials", "", "hard_1"]]  # fmt: skip
    declared = {
        "first": ["networks"],
        "trials": ["test", "hard"],
        "architectures": ["limit_sets"],
        "controls": ["networks"],
    }
    found = Case.of("flip_flop", given, ["n.h5", "t.h5", "h0.h5", "h1.h5"], CFG | {"declared": declared})
    assert found.of_part("first", "networks") == {STANDARD: Path("n.h5")}
    assert found.trials("hard") == [Path("h0.h5"), Path("h1.h5")] and found.trials("test") == [Path("t.h5")]
    assert found.of_part("architectures", "limit_sets") == {} == found.of_part("controls", "networks")
    for part, kind in (("own", "networks"), ("controls", "netwroks"), ("architectures", "networks")):
        with pytest.raises(AtlasError, match=f"{part}: {kind}: only what was declared"):
            found.of_part(part, kind)
    with pytest.raises(AtlasError, match="trials: hard_0"):
        found.trials("hard_0")
    with pytest.raises(AtlasError, match="table: only what was declared"):
        found.evidence.standard()


@pytest.mark.parametrize("kind", ["similarity", "embedding"])
def test_a_table_of_other_networks_is_refused_with_its_name(kind: str, tmp_path: Path) -> None:
    """Of another run of the workflow: the same networks in another order."""
    write(tmp_path / "table.h5", "table", table())
    other = similarity((FIRST, STANDARD))
    if kind == "embedding":
        matrices = {"distance": np.zeros((4, 4)), "alignment": np.zeros((4, 4))}
        other = table((FIRST, STANDARD)) | matrices | {"position": np.zeros((4, 2)), "stress": np.array(0.1)}
    write(tmp_path / f"{kind}.h5", kind, other)
    found = case(items(tmp_path)).evidence
    with pytest.raises(AtlasError, match=rf"{kind}\.h5.*the networks of .*table\.h5 are expected, in their order") as caught:  # fmt: skip
        found.tables[kind]["network"]  # not through its property, whose type is checked first in tests
    assert "delete it" in str(caught.value)


def test_the_streams_of_a_case_are_those_of_its_task_seed_and_claim() -> None:
    def drawn(task: str, seed: int, *words: str | int) -> float:
        return Case.of(task, [], [], {"seed": seed, "declared": {}}).rng(*words).random()

    assert drawn("flip_flop", 1, "S4") == drawn("flip_flop", 1, "S4")
    others = [drawn("flip_flop", 2, "S4"), drawn("memory_pro", 1, "S4"), drawn("flip_flop", 1, "S6"), drawn("flip_flop", 1, "S4", 1)]  # fmt: skip
    assert len({drawn("flip_flop", 1, "S4"), *others}) == 5


def test_kinds_of_evidence_are_kinds_of_artifacts() -> None:
    assert {name for name, schema in all_schemas().items() if schema.of == "task"} == {"table", *WHOLE}
    assert {name for name, schema in all_schemas().items() if schema.of == "ensemble"} == set(EACH)
    assert (
        TABLE.datasets.items() <= SIMILARITY.datasets.items() and TABLE.datasets.items() <= EMBEDDING.datasets.items()
    )

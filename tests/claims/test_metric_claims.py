"""M1 on tables made by hand to pass and to fail."""

from dataclasses import replace

import numpy as np
import pytest

from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.table_schemas import METRIC_ASYMMETRY
from rnnatlas.claims.metric_claims import Table, irrelevant_dynamics, judge
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.case import Case


def constructed() -> Table:
    falling = [1.0, 0.6, 0.1]
    names = ["CKA", "RSA", "earlier → new", "new → earlier"]
    return {
        "variance": np.array([0.0, 10.0, 100.0]),
        "measure": np.array(names),
        "value": np.array([falling, falling, falling, [1.0, 0.99, 0.98]]),
    }


def test_m1_holds_on_margins_of_all_four_measures() -> None:
    result = irrelevant_dynamics(constructed(), "flip_flop")
    assert result.verdict == "holds" and result.value == pytest.approx(min(0.2 - 0.1, 0.98 - 0.9))
    assert result.detail == {"CKA": 0.1, "RSA": 0.1, "earlier → new": 0.1, "new → earlier": 0.98}


@pytest.mark.parametrize(
    ("row", "level", "value", "margin"), [(0, 2, 0.3, -0.1), (1, 2, 0.21, -0.01), (2, 2, 0.5, -0.3), (3, 1, 0.5, -0.4)]
)
def test_m1_fails_if_one_measure_misses(row: int, level: int, value: float, margin: float) -> None:
    table = constructed()
    table["value"][row, level] = value
    result = irrelevant_dynamics(table, "flip_flop")
    assert result.verdict == "fails" and result.value == pytest.approx(margin)


def test_m1_takes_the_largest_block_wherever_it_stands_and_names_as_hdf5_gives_them() -> None:
    table = constructed()
    turned = {"variance": table["variance"][::-1], "value": table["value"][:, ::-1]}
    turned["measure"] = np.array([name.encode() for name in table["measure"]], dtype=object)
    one, other = (replace(irrelevant_dynamics(each, "flip_flop"), p=0.0) for each in (turned, table))
    assert one == other  # p is NaN, which is not itself
    table["value"][2, 2] = np.nan
    assert irrelevant_dynamics(table, "flip_flop").verdict == "fails"
    table["measure"][0] = "other"
    with pytest.raises(AtlasError, match="CKA"):
        irrelevant_dynamics(table, "flip_flop")


def test_m1_is_judged_of_the_task_whose_case_has_the_artifact(tmp_path) -> None:
    cfg = {"seed": 0, "declared": {"study": ["metric_asymmetry"]}}
    file = tmp_path / "metric_asymmetry.h5"
    write_artifact(file, METRIC_ASYMMETRY, constructed(), {}, "test")
    case = Case.of("flip_flop", [["study", "", "metric_asymmetry"]], [str(file)], cfg)
    (found,) = judge(case)
    assert (found.claim.key, found.task, found.verdict) == ("M1", "flip_flop", "holds")
    assert judge(Case.of("memory_pro", [], [], cfg)) == []

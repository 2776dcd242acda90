"""What figures and groups of claims declare is what they read. (What is read and not declared raises.)"""

from __future__ import annotations

import pytest
from declared import MAY_BE_LEFT, declared, plan_of, read, readers
from study_copy import StudyCopy


@pytest.mark.parametrize("name", readers())
def test_all_that_is_declared_is_read(finished: StudyCopy, name: str) -> None:
    plan = plan_of(finished)
    assert not any(plan.controlled(task) for task in plan.study.tasks)
    assert declared(readers()[name][0], controlled=False) - read(plan, name) <= MAY_BE_LEFT.get(name, set())

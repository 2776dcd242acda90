"""Settings of reduced graphs stand with their task, and train nothing again."""

from rnnatlas.config.load import load_study
from rnnatlas.plan.settings import settings

POPULATION = {"task": "interval_reproduction", "population": "vanilla_20", "ensemble": "standard/vanilla_20"}


def test_a_changed_threshold_of_graphs_changes_what_makes_graphs_alone() -> None:
    charted = {"charting": {"run": True}}
    one = load_study(charted)
    other = load_study(charted | {"task": {"interval_reproduction": {"trial": {"graph_set": 500.0}}}})
    third = load_study(charted | {"charting": {"run": True, "reduced": {"steps": 600}}})
    for uses in ("task network population training_engine", "task engine", "task fresh limit_sets"):
        assert settings(one, POPULATION, uses) == settings(other, POPULATION, uses) == settings(third, POPULATION, uses)
    graphs = [settings(study, POPULATION, "task reduced") for study in (one, other, third)]
    assert graphs[0] != graphs[1] and graphs[0] != graphs[2] and graphs[0]["trial"]["graph_set"] == 400.0

from rnnatlas.config.population import ChainSettings
from rnnatlas.config.training import DeflationSettings


def test_chains_take_the_deflation_of_the_task_but_for_what_is_their_own() -> None:
    task = DeflationSettings(strength=0.7, null_space=True)
    assert ChainSettings().deflation(task) == task
    assert ChainSettings(strength="auto").deflation(task) == task.model_copy(update={"strength": "auto"})
    assert ChainSettings(strength=0.0).deflation(task).strength == 0.0
    assert not ChainSettings(null_space=False).deflation(task).null_space
    assert not ChainSettings().deflation(task.model_copy(update={"null_space": False})).null_space

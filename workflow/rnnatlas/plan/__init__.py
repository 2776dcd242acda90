"""What a study's jobs are: which ensembles there are, where files lie, what each job is given. The workflow's rules read this."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"Plan": "plan"})

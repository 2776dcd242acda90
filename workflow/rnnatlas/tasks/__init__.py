"""Tasks, one file each, loaded by module name: adding or editing one touches no other."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {"Task": "task", "Trials": "trials", "check_task": "check", "get_task": "registry", "task_names": "registry"},
)

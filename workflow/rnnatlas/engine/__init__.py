"""The time loop of an ensemble and its gradient."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "Engine": "interface",
        "Noise": "interface",
        "Rollout": "interface",
        "TorchEngine": "torch_engine",
        "NativeEngine": "native_engine",
        "select_engine": "select",
    },
)

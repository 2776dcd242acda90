"""Random streams: counter-based private noise and keyed generators. No global generator anywhere."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__, {"generator": "keys", "stream_key": "keys", "philox4x32": "philox", "private_noise": "philox"}
)

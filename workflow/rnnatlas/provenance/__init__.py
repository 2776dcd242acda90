"""What an artifact depends on: the code that makes it, and the versions that it ran with."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"code_digests": "code", "manifest": "versions"})

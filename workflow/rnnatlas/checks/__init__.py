"""What is given to the library, held to what it says that it takes: arguments of public functions, fields of public records."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"checked": "arguments"})

"""Where each random number comes from: a stream is named by words, and its key is the digest of the name.

A member's stream is named (root seed, task, ensemble, purpose, member, attempt), so what it draws never
depends on which other members are trained beside it, in which order, or on how many threads.
"""

import hashlib

import numpy as np

Name = int | str


def stream_key(*name: Name) -> int:
    """The 64-bit key of the stream with this name: the first 8 bytes of the SHA-256 of its parts.

    Parts are tagged with their type and length, so that ("a", "b") and ("ab",) name different streams.
    """
    name = tuple(int(part) if isinstance(part, (int, np.integer)) else part for part in name)
    text = "".join(f"{type(part).__name__}{len(str(part))}:{part};" for part in name)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def generator(*name: Name) -> np.random.Generator:
    """A NumPy generator (Philox4x64) for the stream with this name; trials and initial weights draw from it."""
    return np.random.Generator(np.random.Philox(key=stream_key(*name)))

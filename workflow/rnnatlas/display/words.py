"""Numbers as a reader of a terminal wants them, each with its unit."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """``8 s``, ``3 min 20 s``, ``2 h 05 min``."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(whole / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def about(seconds: float) -> str:
    """The same as an estimate: no digits that it does not have."""
    if seconds < 10:
        return f"about {max(round(seconds), 1)} s"
    if seconds < 100:
        return f"about {5 * round(seconds / 5)} s"
    if seconds < 3600:
        return f"about {round(seconds / 60)} min"
    return f"about {duration(300.0 * round(seconds / 300))}"


def share(part: float) -> str:
    """Whole percent; 100 only when all is done."""
    return f"{min(int(100 * part), 99) if part < 1 else 100} %"


def plural(number: int, what: str) -> str:
    """``1 job``, ``2 jobs``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def crop(text: str, width: int, dots: str = "...") -> str:
    """At most ``width`` columns of it."""
    return text if len(text) <= width else text[: max(width - len(dots), 0)] + dots[:width]

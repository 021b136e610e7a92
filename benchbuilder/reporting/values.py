"""Numbers as JSON has them."""

from __future__ import annotations

import math


def number(value: float | None) -> float | None:
    """A plain float; what does not exist (nan) is null."""
    return None if value is None or math.isnan(value) else float(value)

"""Numbers as people read them: none is rounded to what it is not."""

from __future__ import annotations

CERTAIN = 1e-6  # a sum of 32-bit shares that misses 0 or 1 by less is 0 or 1


def percent(share: float, digits: int = 0) -> str:
    """A share from 0 to 1: "62 %". What is almost all or almost nothing says so: "> 99 %", "< 1 %"."""
    step = 10.0**-digits
    shown = f"{100 * share:.{digits}f}"
    if float(shown) >= 100 and share < 1 - CERTAIN:
        return f"> {100 - step:.{digits}f} %"
    if float(shown) <= 0 and share > CERTAIN:
        return f"< {step:.{digits}f} %"
    return f"{shown.removeprefix('-')} %"  # a share is never negative, but its rounding noise is


def count(number: int) -> str:
    """How many, in two or three digits: "803", "4.2 k", "12 k", "2.7 M", "124 M"."""
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if number >= 0.9995 * unit:
            part = number / unit
            return f"{part:.1f}{name}" if part < 9.95 else f"{part:.0f}{name}"
    return str(number)


def short(x: float) -> str:
    """A number in three digits, or in all that stand before its point: "0.158", "-23.4", "1323"."""
    return f"{x:.0f}" if 100 <= abs(x) < 1e6 else f"{x:.3g}"

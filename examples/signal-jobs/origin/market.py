"""Closing prices of the watched symbols, as a feed that gives one more day at each scan."""

import math

WARM_UP = 30
"""The latest day known before the first scan: enough for the slower average to compare with."""

_SHAPES: dict[str, tuple[float, float, float]] = {
    # symbol: (level, swing, days from peak to peak)
    "ALDER": (100.0, 12.0, 24.0),
    "BIRCH": (40.0, 3.0, 17.0),
    "CEDAR": (250.0, 30.0, 41.0),
    "DEODAR": (75.0, 0.0, 30.0),
}


class UnknownSymbol(LookupError):
    """Nobody watches this symbol."""


class Market:
    """The price history as far as it has been seen."""

    def __init__(self) -> None:
        self._day = WARM_UP

    @property
    def day(self) -> int:
        """The number of the latest day seen."""
        return self._day

    @property
    def symbols(self) -> list[str]:
        """Every watched symbol."""
        return sorted(_SHAPES)

    def next_day(self) -> None:
        """Takes the next day's closes from the feed."""
        self._day += 1

    def closes(self, symbol: str) -> list[float]:
        """All closes of `symbol`, oldest first."""
        try:
            level, swing, period = _SHAPES[symbol]
        except KeyError:
            raise UnknownSymbol(f"no such symbol: {symbol}") from None
        return [
            round(level + swing * math.sin(2 * math.pi * day / period), 2)
            for day in range(self._day + 1)
        ]

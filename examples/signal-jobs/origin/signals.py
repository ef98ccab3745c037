"""The scan: moving averages that cross, and closes that leave the range of the last days."""

from dataclasses import dataclass

from market import Market

FAST = 5
SLOW = 20


@dataclass(frozen=True)
class Signal:
    """One thing worth telling a reader about one symbol on one day."""

    symbol: str
    kind: str
    day: int
    close: float


class SignalBook:
    """Every signal found so far, each once."""

    def __init__(self) -> None:
        self._signals: dict[tuple[str, str, int], Signal] = {}

    def __len__(self) -> int:
        return len(self._signals)

    def add(self, signal: Signal) -> bool:
        """Records `signal`; false if it was known."""
        key = (signal.symbol, signal.kind, signal.day)
        if key in self._signals:
            return False
        self._signals[key] = signal
        return True

    def add_all(self, signals: list[Signal]) -> int:
        """Records `signals`; how many of them were new."""
        return sum(self.add(signal) for signal in signals)

    def since(self, day: int) -> list[Signal]:
        """Signals of `day` and later, in order of day and symbol."""
        found = [signal for signal in self._signals.values() if signal.day >= day]
        return sorted(found, key=lambda signal: (signal.day, signal.symbol, signal.kind))


def scan(market: Market, symbols: list[str], day: int) -> list[Signal]:
    """What `day` shows for `symbols`; nothing on days too early to compare."""
    if day < SLOW:
        return []
    return [signal for symbol in symbols for signal in _scan_one(market, symbol, day)]


def _scan_one(market: Market, symbol: str, day: int) -> list[Signal]:
    closes = market.closes(symbol)[: day + 1]
    kinds = []
    before = _mean(closes[-FAST - 1 : -1]) - _mean(closes[-SLOW - 1 : -1])
    now = _mean(closes[-FAST:]) - _mean(closes[-SLOW:])
    if before <= 0 < now:
        kinds.append("cross_up")
    if before >= 0 > now:
        kinds.append("cross_down")
    if closes[-1] > max(closes[-SLOW:-1]):
        kinds.append("breakout")
    if closes[-1] < min(closes[-SLOW:-1]):
        kinds.append("breakdown")
    return [Signal(symbol, kind, day, closes[-1]) for kind in kinds]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)

"""The briefing: what was found since the last one, in plain text, and who gets it."""

from dataclasses import dataclass

from signals import Signal, SignalBook

_WORDING = {
    "cross_up": "the short average rose above the long one",
    "cross_down": "the short average fell below the long one",
    "breakout": "closed above its recent range",
    "breakdown": "closed below its recent range",
}


@dataclass(frozen=True)
class Briefing:
    """One briefing as it was sent."""

    number: int
    up_to_day: int
    lines: list[str]
    readers: int


class Newsroom:
    """Writes briefings, keeps them, and knows the subscribers."""

    def __init__(self) -> None:
        self._briefings: list[Briefing] = []
        self._subscribers: set[str] = set()

    @property
    def count(self) -> int:
        """How many briefings were written."""
        return len(self._briefings)

    @property
    def subscribers(self) -> int:
        """How many addresses get the next briefing."""
        return len(self._subscribers)

    @property
    def latest(self) -> Briefing | None:
        """The latest briefing, if there is one."""
        return self._briefings[-1] if self._briefings else None

    def subscribe(self, address: str) -> bool:
        """Adds a reader; false if the address was there already."""
        known = address in self._subscribers
        self._subscribers.add(address)
        return not known

    def write(self, book: SignalBook, today: int) -> Briefing:
        """Writes and keeps the briefing up to `today`."""
        start = self.latest.up_to_day + 1 if self.latest else 0
        lines = [_line(signal) for signal in book.since(start)] or ["Nothing to report."]
        briefing = Briefing(self.count + 1, today, lines, self.subscribers)
        self._briefings.append(briefing)
        return briefing


def _line(signal: Signal) -> str:
    return f"{signal.symbol} {_WORDING[signal.kind]} at {signal.close:.2f} (day {signal.day})"

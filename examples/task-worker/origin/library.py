"""The lessons: their texts, and the archive that holds the old ones and is not always there."""

from dataclasses import dataclass

ARCHIVE_DSN = "postgresql://lessons:pa55phrase-of-the-archive@archive.internal:5432/lessons"
"""An address with its password in it, as it stands in many a configuration. It is made up."""

_TEXTS = {
    "fractions": "# Halves\nCut a cake in two.\n# Quarters\nCut each half in two again.\n",
    "gravity": "# Falling\nDrop a stone.\n# Orbits\nThrow it fast enough and it never lands.\n",
    "drafts": "A note without any heading.\n",
}
_ARCHIVED = {"latin": "lost", "greek": "busy"}


class UnknownLesson(LookupError):
    """There is no such lesson."""


class ArchiveBusy(RuntimeError):
    """The archive is up and takes no more readers."""


@dataclass(frozen=True)
class Section:
    """One part of a lesson, under its own heading."""

    heading: str
    words: int


@dataclass(frozen=True)
class Processed:
    """A lesson cut into sections, with the time it takes to read."""

    lesson_id: str
    sections: tuple[Section, ...]
    seconds: int


def text_of(lesson_id: str) -> str:
    """The lesson's text, from memory or from the archive."""
    if lesson_id in _TEXTS:
        return _TEXTS[lesson_id]
    match _ARCHIVED.get(lesson_id):
        case "lost":
            raise ConnectionError(f"could not connect to {ARCHIVE_DSN}")
        case "busy":
            raise ArchiveBusy(f"too many readers at {ARCHIVE_DSN}")
        case _:
            raise UnknownLesson(f"no such lesson: {lesson_id}")


def process(lesson_id: str) -> Processed:
    """Cuts a lesson into sections and reckons its reading time."""
    sections: list[Section] = []
    heading, words = "", 0
    for line in text_of(lesson_id).splitlines():
        if line.startswith("# "):
            if words:
                sections.append(Section(heading, words))
            heading, words = line[2:], 0
        else:
            words += len(line.split())
    if words:
        sections.append(Section(heading, words))
    total = sum(section.words for section in sections)
    return Processed(lesson_id, tuple(sections), round(total / 3))

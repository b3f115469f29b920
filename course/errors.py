"""The errors a person may meet. Each message is one sentence that says what to do."""

from __future__ import annotations

from dataclasses import dataclass


class CourseError(Exception):
    """Base of every error the course raises on purpose. Never raised directly."""


class AnswerError(CourseError):
    """Raised if an answer has the wrong shape, type or size; nothing was recorded."""


class UnknownActivity(CourseError):
    """Raised if a notebook asks for an activity that no data file holds."""


class JournalError(CourseError):
    """Raised if the journal can't be read or written; nothing was recorded."""

    @classmethod
    def of_row(cls, row: str, why: object) -> JournalError:
        """A row that the course did not write as it stands there, such as one edited by hand."""
        return cls(f"The {row} is not as the course wrote it ({why}). Correct that row, or restore a backup.")


class StartError(CourseError):
    """Raised if the course can't be opened as asked."""


class PaperError(CourseError):
    """Raised if a page can't be set for printing; no file was written."""


class EvidenceError(CourseError):
    """Raised if evidence can't be written, read or believed; no file was written."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in one place of an authored file.

    ``line`` counts from 1; 0 stands for the file as a whole. ``say`` tells what is wrong and
    what to do.
    """

    file: str
    line: int
    say: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.say}"


class ContentError(CourseError):
    """Raised if authored files hold faults; ``faults`` lists every one that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))

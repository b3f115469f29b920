"""A course in JupyterLab: what to do when a client or patient wants to connect, and in which words.

In a lesson's cells: ``from course import activity``. Each verb gives a widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course.notebook import (
        acknowledge,
        activities,
        activity,
        certificate,
        our_line,
        phrase_book,
        progress,
        sitting,
        story,
        welcome,
    )

__version__ = "0.1.0"
__all__ = [
    "acknowledge",
    "activities",
    "activity",
    "certificate",
    "our_line",
    "phrase_book",
    "progress",
    "sitting",
    "story",
    "welcome",
]


def __getattr__(name: str) -> Any:
    """Loads the verbs when a cell asks for one: the command line and the tests need no widgets."""
    if name in __all__:
        from course import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'course' has no attribute {name!r}")

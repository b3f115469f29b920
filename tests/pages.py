"""The other end of a widget, as a browser would be it, and what a page may send."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from course.examiner import LocalExaminer
from course.widgets import ActivitiesWidget
from course.widgets.frame import Frame


def nothing() -> None: ...


def one(activity: str, examiner: LocalExaminer, recorded: Callable[[], None] = nothing) -> ActivitiesWidget:
    return ActivitiesWidget([activity], examiner, recorded)


class Page:
    """The other end of a widget: sends what a browser would, keeps what comes back."""

    def __init__(self, widget: Frame) -> None:
        self.widget = widget
        self._received: list[dict[str, Any]] = []
        widget.send = self._received.append

    def send(self, message: Any) -> list[dict[str, Any]]:
        self._received.clear()
        data = {"method": "custom", "content": message}
        self.widget._handle_msg({"content": {"data": data}, "buffers": []})
        return list(self._received)

    def submit(self, answer: Any, key: str = "k", activity: str = "pick-one") -> list[dict[str, Any]]:
        return self.send({"do": "submit", "key": key, "activity": activity, "answer": answer, "seconds": 2.5})

    def shown(self, activity: str = "pick-one") -> dict[str, Any]:
        """What is said of the last answer; empty while there is none."""
        return dict(self.widget.shown.get(activity, {}))


def state(widget: Frame) -> str:
    """Everything that a widget gives to the browser, and to a notebook saved with its widgets."""
    return json.dumps(widget.get_state(), default=str)


def refusal(replies: list[dict[str, Any]]) -> str:
    (reply,) = replies
    assert set(reply) == {"key", "refused"}
    return str(reply["refused"])


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def nearly(**right: Any) -> st.SearchStrategy[Any]:
    """Messages with some fields as they should be, and others wrong or missing."""
    return st.fixed_dictionaries({}, optional={name: st.just(value) | ANY_JSON for name, value in right.items()})


many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

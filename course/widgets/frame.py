"""The one anywidget of the course: it draws a kind's ES module and answers its messages."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course.errors import AnswerError, CourseError

STATIC = Path(__file__).parent / "static"

_log = logging.getLogger(__name__)


@cache
def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


class Frame(anywidget.AnyWidget):
    """Sends a view to the browser and hands each message from there to ``handle``.

    ``kinds`` names the ES modules that draw it. ``words`` is what the widget says where it can't be
    shown, and its ``repr``: the same at every run. A message that can't be carried out is answered with one sentence; nothing is swallowed.
    """

    _esm = _static("frame.js")
    _css = _static("course.css")

    modules = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(
        self, kinds: Iterable[str], view: dict[str, Any], words: str, shown: dict[str, Any] | None = None
    ) -> None:
        self._words = words
        modules = {kind: _static(f"{kind}.js") for kind in kinds}
        super().__init__(modules=modules, view=view, shown=shown or {})
        self.on_msg(self._on_message)

    def __repr__(self) -> str:
        return self._words

    def handle(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Carries out one message; what it gives goes back with the reply. Raises CourseError where it can't be."""
        raise NotImplementedError

    def _on_message(self, _widget: Any, message: Any, _buffers: Any) -> None:
        key = message.get("key") if isinstance(message, dict) else None
        try:
            if not isinstance(key, str) or not 0 < len(key) <= 64:
                raise AnswerError("This came in an unexpected form. Reload the page and try again.")
            if message.get("do") == "hello":
                self.send({"key": key, "beside": self._answers_beside_busy_cells()})
                return
            reply = self.handle(message)
        except CourseError as error:
            self.send({"key": key, "refused": str(error)})
        except Exception:
            _log.exception("A message from the page could not be carried out")
            sentence = "The course itself has a fault. Reload the page; if it stays, tell whoever installed it."
            self.send({"key": key, "refused": sentence})
        else:
            self.send({"key": key, **(reply or {})})

    def _answers_beside_busy_cells(self) -> bool:
        """Whether what the page sends next is answered while a cell runs.

        ipykernel takes a comm's messages on the shell named by the request that last wrote to it
        (``ipykernel.comm.BaseComm._reply_subshell_for``): at first on the main one, which made the
        widget. Answering a request that names a subshell moves the comm there.
        """
        kernel = getattr(self.comm, "kernel", None)
        return bool(kernel and kernel.get_parent().get("header", {}).get("subshell_id"))

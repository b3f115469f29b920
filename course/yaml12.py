"""Reads YAML with the words of YAML 1.2: ``no`` is a word, ``12-11`` is text, keys are unique.

Every fault of a file is found in one run, each with its line. Aliases and tags are refused: the
course needs neither, and both can hide what a file says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import NoneType
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import BaseResolver

from course.errors import ContentError, Fault

DEEPEST = 40
"""How many things may stand inside each other. The course needs ten; ten thousand would end the process."""

_CORE = re.compile(
    r"(?P<bool>true|false)|(?P<null>null|~|)|(?P<float>[-+]?[0-9]{1,18}\.[0-9]{1,18})|(?P<int>[-+]?[0-9]{1,18})"
)
"""The core schema of YAML 1.2 (section 10.3.2) for numbers that fit 64 bits, without octal and hexadecimal ones."""

_TYPES: dict[str, type] = {"bool": bool, "null": NoneType, "float": float, "int": int}


class _Resolver(BaseResolver):
    """Gives each node a Python type for its tag, so that a tag which stands in the file is told by being a text."""

    _depth = 0

    def resolve(self, kind: type[Node], value: Any, implicit: Any) -> type:
        if kind is not ScalarNode:
            return list if kind is SequenceNode else dict
        found = _CORE.fullmatch(value) if implicit[0] else None
        return _TYPES[str(found.lastgroup)] if found else str

    def descend_resolver(self, current_node: Node | None, current_index: Any) -> None:
        self._depth += 1
        if current_node and self._depth > DEEPEST:
            problem = f"more than {DEEPEST} things are nested in each other"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=current_node.start_mark)

    def ascend_resolver(self) -> None:
        self._depth -= 1


try:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    class _Loader(CParser, _Resolver):
        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)
            _Resolver.__init__(self)

except ImportError:  # PyYAML built without libyaml: slower, the same result
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class _Loader(Reader, Scanner, Parser, Composer, _Resolver):  # type: ignore[no-redef]
        def __init__(self, text: str) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)
            Composer.__init__(self)
            _Resolver.__init__(self)


def compose(text: str, file: str) -> Node:
    """The tree of a YAML text, with the place of everything in it.

    Raises ContentError with one fault where the text is not YAML at all or is empty.
    """
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        say = f"this is not readable as YAML: {error.problem or error.context}. {_advice(error)}"
        raise ContentError([Fault(file, line, say)]) from None
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        say = f"this is not readable as YAML: {' '.join(str(error).split())}. Save the file as UTF-8 text."
        raise ContentError([Fault(file, 1, say)]) from None
    if node is None:
        raise ContentError([Fault(file, 1, "the file is empty. Restore it, or take it out of the folder.")])
    return node


def _advice(error: yaml.MarkedYAMLError) -> str:
    """What a person can look for, as libyaml's own words name parser states."""
    problem = f"{error.problem} {error.context}"
    if "nested" in problem:
        return "Take out the brackets or dashes that are too many."
    if "mapping values" in problem:
        return 'A text with ": " in it needs quotation marks around it.'
    if "tab" in problem or "\\t" in problem or "cannot start any token" in problem:
        return "Indent with spaces, not tabs, and put quotation marks around a text that starts with a symbol."
    return "Look at the indentation and the quotation marks on this line and the one above it."


def construct(node: Node, file: str) -> Any:
    """The plain data of a tree: dicts, lists, texts, numbers, true, false and None.

    Raises ContentError with every duplicate key, alias, tag and odd key that was found.
    """
    faults: list[Fault] = []
    data = _construct(node, file, faults, set())
    if faults:
        raise ContentError(faults)
    return data


def _construct(node: Node, file: str, faults: list[Fault], seen: set[int]) -> Any:
    if id(node) in seen:
        faults.append(Fault(file, _line(node), "an alias (*) repeats another place. Write the text out."))
        return None
    seen.add(id(node))
    if not isinstance(node.tag, type):
        faults.append(Fault(file, _line(node), f"the tag {node.tag} is not used here. Take it out."))
        return None
    if isinstance(node, ScalarNode):
        return _scalar(node)
    if isinstance(node, SequenceNode):
        return [_construct(item, file, faults, seen) for item in node.value]
    data: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            faults.append(Fault(file, _line(key_node), "a key must be a single word. Look for a stray bracket."))
            continue
        _construct(key_node, file, faults, seen)  # whatever it looks like, a key is the text that stands there
        key = key_node.value
        if key in data:
            say = f"'{key}' stands here for the second time (first on line {lines[key]}). Keep one of them."
            faults.append(Fault(file, _line(key_node), say))
        lines.setdefault(key, _line(key_node))
        data[key] = _construct(value_node, file, faults, seen)
    return data


def _scalar(node: ScalarNode) -> Any:
    kind: Any = node.tag
    if kind is NoneType:
        return None
    return node.value == "true" if kind is bool else kind(node.value)


def line_of(node: Node, path: Sequence[str | int]) -> int:
    """The line, counted from 1, of the place that ``path`` leads to, or of the last place on the way.

    A path is made of keys and list positions, such as ``[3, "options", 0, "mark"]``.
    """
    line = _line(node)
    for part in path:
        if isinstance(node, MappingNode):
            pairs = [(k, v) for k, v in node.value if k.value == part]
            if not pairs:
                return line
            line, node = _line(pairs[0][0]), pairs[0][1]
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = _line(node)
        else:
            return line
    return line


def _line(node: Node) -> int:
    line: int = node.start_mark.line
    return line + 1

"""Sends xAPI statements to a Learning Record Store (LRS): in batches, patiently, and none twice.

What the LRS has acknowledged is remembered in a file, an id a line, written through to the disk after each batch. A
statement keeps its id for ever, so that one whose acknowledgement got lost can be sent again: the LRS knows it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import NAMESPACE_OID, UUID, uuid5

import httpx
import msgspec
from msgspec import Struct

from course.errors import EvidenceError

Statement = Mapping[str, Any]

BATCH = 50
"""Statements sent in one request."""

TRIES = 6
"""How often one request is made before we give up."""

FIRST_WAIT = 1.0
"""Seconds after a request that may succeed later; twice as long after each further one."""

LONGEST_WAIT = 300.0
"""Seconds above which we rather stop than wait, if an LRS asks for it."""

TIMEOUT = 30.0
"""Seconds in which an LRS has to connect, and to go on with its answer."""

LONGEST_WORDS = 200
"""Characters of an LRS's own words that are passed on."""

MOST_REFUSED = 10
"""Statements refused for their own sake after which nothing more is sent: the fault is elsewhere."""

_LATER = (429, 500, 502, 503, 504)
"""Answers after which the same request may succeed."""

_ONE_OF_THEM = (400, 409, 413, 422)
"""Answers to a batch that may be due to one statement in it, or to their number."""


class Pushed(Struct, frozen=True):
    """How many statements were sent, and how many the LRS had already, as far as it is known."""

    sent: int = 0
    already: int = 0

    def __add__(self, other: Pushed) -> Pushed:
        return Pushed(self.sent + other.sent, self.already + other.already)


def push(
    statements: Iterable[Statement],
    url: str,
    *,
    user: str = "",
    password: str = "",
    progress: Callable[[Pushed], object] = lambda _: None,
    state: Path,
    wait: Callable[[float], object] = time.sleep,
    timeout: float = TIMEOUT,
) -> Pushed:
    """Sends to the LRS at ``url`` every statement that it has not acknowledged yet.

    ``url`` is what comes before ``/statements``; a user and a password in it serve where the parameters are empty.
    ``state`` is the folder in which what was acknowledged is remembered: a file for each LRS and user, with neither of
    them in it. ``progress`` hears of each batch, ``wait`` is called with the seconds to wait. Memory holds one batch,
    and 16 bytes for each statement acknowledged.

    Raises EvidenceError where the LRS can't be reached, does not let us in, or refuses a statement. It then names the
    statement; the others were sent, up to ``MOST_REFUSED`` of that kind. Calling it again goes on where it stopped.
    """
    place = _Place.of(url, user, password)
    client = httpx.Client(
        auth=httpx.BasicAuth(place.user, place.password) if place.user or place.password else None,
        headers={"X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"},
        timeout=timeout,
    )
    with client, _Acknowledged(place.file_in(state)) as acknowledged:
        sending = _Sending(_Lrs(place, client, wait), acknowledged)
        done = Pushed()
        for batch in _batches(statements):
            fresh = {_key(statement): statement for statement in batch if _key(statement) not in acknowledged}
            done += Pushed(already=len(batch) - len(fresh))
            done += sending.deliver(list(fresh.values()))
            progress(done)
        sending.settle()
    return done


def _batches(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    there = iter(statements)
    while batch := list(islice(there, BATCH)):
        yield batch


def _key(statement: Statement) -> bytes:
    """An id as 16 bytes. One that is no UUID, from a row edited by hand, gets a UUID here: the LRS will refuse it."""
    try:
        return UUID(statement["id"]).bytes
    except ValueError:
        return uuid5(NAMESPACE_OID, statement["id"]).bytes


# --- delivering ---------------------------------------------------------------------------------


class _Sending:
    """Delivers batches, and keeps in mind which statements were refused for their own sake."""

    def __init__(self, lrs: _Lrs, acknowledged: _Acknowledged) -> None:
        self._lrs = lrs
        self._acknowledged = acknowledged
        self._refused: list[str] = []

    def deliver(self, batch: Sequence[Statement]) -> Pushed:
        """Sends a batch; one by one where that may be due to one of them. Remembers what was acknowledged."""
        if not batch:
            return Pushed()
        answer = self._lrs.post(batch)
        if answer.is_success:
            self._acknowledged.add(map(_key, batch))
            had_all = answer.status_code == 204  # the specification knows no such answer here; Ralph gives it
            return Pushed(already=len(batch)) if had_all else Pushed(sent=len(batch))
        if len(batch) > 1:
            return sum((self.deliver([statement]) for statement in batch), Pushed())
        (statement,) = batch
        if answer.status_code == 409 and (stored := self._lrs.stored(statement["id"])):
            if _meaning(stored) == _meaning(statement):
                self._acknowledged.add([_key(statement)])
                return Pushed(already=1)
            self._refuse(f"{_plain(statement['id'])} (409: another statement is there under this id)")
        else:
            self._refuse(f"{_plain(statement['id'])} ({self._lrs.words(answer)})")
        return Pushed()

    def _refuse(self, what: str) -> None:
        self._refused.append(what)
        if len(self._refused) >= MOST_REFUSED:
            self.settle()

    def settle(self) -> None:
        """Raises EvidenceError with every statement that was refused, if there is one."""
        if self._refused:
            count = f"{len(self._refused)} {'statement' if len(self._refused) == 1 else 'statements'}"
            raise EvidenceError(
                f"The LRS at {self._lrs.name} did not take {count}: {'; '.join(self._refused)}. "
                "Show this to whoever looks after the LRS; what else was sent is there and will not be sent again."
            )


def _meaning(statement: Statement) -> Any:
    """What a statement says, without what an LRS may change of it (xAPI 1.0.3, part two, 2.3.1).

    That is: what describes a verb or an activity, how a moment is written, and what the LRS adds of its own.
    """
    actor, context = statement.get("actor", {}), dict(statement.get("context", {}))
    around = context.pop("contextActivities", {})
    return (
        {name: value for name, value in actor.items() if name not in ("name", "objectType")},
        statement.get("verb", {}).get("id"),
        statement.get("object", {}).get("id"),
        statement.get("result"),
        context,
        {relation: sorted(activity["id"] for activity in activities) for relation, activities in around.items()},
        datetime.fromisoformat(statement["timestamp"]),
    )


# --- the LRS ------------------------------------------------------------------------------------


class _Place(Struct, frozen=True):
    """Where an LRS is, and who we are there."""

    url: str
    user: str
    password: str

    @classmethod
    def of(cls, url: str, user: str, password: str) -> _Place:
        try:
            parts = urlsplit(url.strip())
            fits = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
            httpx.URL(url.strip())
            name = parts.netloc.rpartition("@")[2]
        except (ValueError, httpx.InvalidURL):
            fits, name = False, ""
        if not fits:  # the address is not repeated: a password may stand in it
            raise EvidenceError(
                "The LRS's address is no web address. Write what comes before /statements, like https://lrs.example/xapi"
            )
        path = parts.path.rstrip("/").removesuffix("/statements").rstrip("/")
        own = (user, password) if user or password else (unquote(parts.username or ""), unquote(parts.password or ""))
        return cls(f"{parts.scheme}://{name}{path}", *own)

    @property
    def name(self) -> str:
        """What people call it: the host, with its port if there is one."""
        return urlsplit(self.url).netloc

    def file_in(self, folder: Path) -> Path:
        """The file that remembers what was acknowledged here: users of one address may have a store each."""
        digest = hashlib.sha256(f"{self.url}\0{self.user}".encode("utf-8", "surrogatepass")).hexdigest()
        return folder / f"lrs-{digest[:16]}.txt"


class _Lrs:
    """One LRS: asks until it is answered, or until there is no use in asking."""

    def __init__(self, place: _Place, client: httpx.Client, wait: Callable[[float], object]) -> None:
        self.name = place.name
        self._address = f"{place.url}/statements"
        token = base64.b64encode(f"{place.user}:{place.password}".encode("utf-8", "surrogatepass")).decode()
        self._secrets = [secret for secret in (token, place.password) if secret]
        self._client = client
        self._wait = wait

    def post(self, batch: Sequence[Statement]) -> httpx.Response:
        """The answer to a batch: it was acknowledged, or one of its statements may be at fault."""
        answer = self._ask("POST", content=msgspec.json.encode(batch))
        if answer.is_success and not _is_receipt(answer):
            raise EvidenceError(f"What answers at {self.name} is no LRS. Check its address.")
        if not answer.is_success and answer.status_code not in _ONE_OF_THEM:
            raise self._sorry(answer)
        return answer

    def stored(self, statement_id: str) -> Statement | None:
        """The statement that the LRS has under an id; None where it does not show it in a form that can be read."""
        answer = self._ask("GET", params={"statementId": statement_id})
        try:
            body = answer.json() if answer.status_code == 200 else {}
            (found,) = body.get("statements", [body])  # some give a list of one
            _meaning(found)
        except (ValueError, TypeError, LookupError, AttributeError):
            return None
        statement: Statement = found
        return statement

    def words(self, answer: httpx.Response) -> str:
        """A status and the first line of what an LRS says with it, as plain text without our credentials."""
        line = next((line for line in answer.text.splitlines() if line.strip()), "")
        said = "" if line.lstrip().startswith("<") else self._plain(line)
        return f"{answer.status_code}: {said}" if said else f"{answer.status_code} {answer.reason_phrase}".strip()

    def _ask(self, method: str, **what: Any) -> httpx.Response:
        for tried in range(TRIES):
            try:
                answer = self._client.request(method, self._address, **what)
            except httpx.RequestError as error:  # not reached, too late, or broken off
                said, asked_for = self._plain(str(error)) or type(error).__name__, 0.0
            else:
                if answer.status_code not in _LATER:
                    return answer
                said, asked_for = self.words(answer), _retry_after(answer)
            if asked_for > LONGEST_WAIT:
                raise EvidenceError(
                    f"The LRS at {self.name} asks to wait {asked_for / 60:.0f} minutes ({said}). Send again then; "
                    "what it has acknowledged will not be sent again."
                )
            if tried + 1 < TRIES:
                # some jitter, so that thirty laptops that were turned away together do not come back together
                self._wait(max(asked_for, FIRST_WAIT * 2**tried * random.uniform(0.5, 1)))
        raise EvidenceError(
            f"The LRS at {self.name} was asked {TRIES} times and did not answer as it should ({said}). "
            "Send again later; what it has acknowledged will not be sent again."
        )

    def _sorry(self, answer: httpx.Response) -> EvidenceError:
        said = self.words(answer)
        if answer.status_code in (401, 403):
            return EvidenceError(
                f"The LRS at {self.name} does not let us in ({said}). Check the user and the password."
            )
        if answer.status_code == 404:
            return EvidenceError(
                f"There is no LRS at {self._address.removesuffix('/statements')} ({said}). Check its address."
            )
        return EvidenceError(
            f"The LRS at {self.name} can't be used ({said}). Check its address, or ask who looks after it."
        )

    def _plain(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return _plain(text)


def _plain(text: str) -> str:
    """Text from elsewhere in one line, without characters that would move a terminal's cursor, and cut."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_WORDS else f"{line[:LONGEST_WORDS]}…"


def _is_receipt(answer: httpx.Response) -> bool:
    """Whether an answer acknowledges statements, as a page to log in at does not: a list of ids, or nothing at all."""
    try:
        return answer.status_code == 204 or isinstance(answer.json(), list)
    except ValueError:
        return False


def _retry_after(answer: httpx.Response) -> float:
    """Seconds that an answer asks to wait: a number, or a date (RFC 9110, 10.2.3). 0 where it says neither."""
    asked = answer.headers.get("Retry-After", "").strip()
    try:
        return float(asked) if asked.isdecimal() else parsedate_to_datetime(asked).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return 0.0


# --- what was acknowledged ----------------------------------------------------------------------


class _Acknowledged:
    """The ids of the statements that an LRS has acknowledged: 16 bytes each in memory, a line each in a file.

    Lines that are no id are passed over, such as the last one of a file that was cut off.
    """

    def __init__(self, file: Path) -> None:
        self._path = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._file = file.open("a+b")
            self._file.seek(0)
            self._ids, last = set[bytes](), b"\n"
            for last in self._file:
                self._ids |= _id_in(last)
            self._file.write(b"" if last.endswith(b"\n") else b"\n")
        except OSError as error:
            raise self._sorry(error) from None

    def __enter__(self) -> _Acknowledged:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __contains__(self, key: bytes) -> bool:
        return key in self._ids

    def add(self, keys: Iterable[bytes]) -> None:
        """Remembers ids; when this returns, they are on the disk. Raises EvidenceError."""
        new = list(keys)
        try:
            self._file.write(b"".join(f"{UUID(bytes=key)}\n".encode() for key in new))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._sorry(error) from None
        self._ids.update(new)

    def _sorry(self, error: OSError) -> EvidenceError:
        return EvidenceError(
            f"What the LRS has acknowledged can't be remembered in {self._path} ({error.strerror}). Mend that, then send again."
        )


def _id_in(line: bytes) -> set[bytes]:
    try:
        return {UUID(line.decode("ascii").strip()).bytes}
    except ValueError:
        return set()

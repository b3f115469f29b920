"""Learning Record Stores for tests: a real one, ralph-malph's, in an environment of its own, and one that misbehaves.

Run by that environment's Python this file is the real one, or asks its model about statements:
``python -I tests/lrs.py serve FOLDER`` and ``python -I tests/lrs.py validate``. So it imports the standard library alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).resolve().parent
PINS = HERE / "lrs.txt"
USER, PASSWORD = "officer", "hunter2 & more"

# --- the real one -------------------------------------------------------------------------------


def python() -> Path:
    """The Python of an environment that holds ralph-malph; made when first asked for.

    It is made aside and moved into its place, so that half of one is never used and two tests may make it at once.
    """
    named = hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    place = HERE.parent / ".venv-lrs" / named
    program = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not program.exists():
        place.parent.mkdir(exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix="part-", dir=place.parent))
        try:
            _call(sys.executable, "-m", "venv", str(part))
            inside = part / program.relative_to(place)
            _call(str(inside), "-m", "pip", "install", "--quiet", "--requirement", str(PINS))
            with suppress(OSError):  # another test was faster: its own is as good
                part.rename(place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        assert program.exists(), f"the environment of the real LRS can't be moved to {place}"
    return program


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, (
        f"the environment of the real LRS can't be made: {(done.stdout + done.stderr)[-2_000:]}"
    )


class Real:
    """A running LRS: its address, and what it has stored."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._file = folder / "store" / "fs_lrs.jsonl"

    def stored(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._file.read_text(encoding="utf-8").splitlines()]


@contextmanager
def real() -> Iterator[Real]:
    """A real LRS on a free port of this computer. It stops when the test does, or when its input ends."""
    with tempfile.TemporaryDirectory(prefix="course-lrs-") as name:
        folder = Path(name)
        command = [str(python()), "-I", str(Path(__file__)), "serve", name]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdin and process.stdout
            port = process.stdout.readline().strip()
            assert port, f"the real LRS did not start: {(folder / 'log').read_text()[-2_000:]}"
            yield Real(f"http://127.0.0.1:{port}/xAPI", folder)
            process.stdin.close()
            process.wait(timeout=30)
        finally:
            process.kill()
            process.wait()


def faults(statements: Iterable[dict[str, Any]]) -> list[str]:
    """What ralph's model of an xAPI statement says of each: nothing where it fits."""
    lines = "".join(f"{json.dumps(statement)}\n" for statement in statements)
    command = [str(python()), "-I", str(Path(__file__)), "validate"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2_000:]
    found: list[str] = json.loads(done.stdout)
    return found


def _serve(folder: Path) -> None:
    os.environ["RALPH_APP_DIR"] = str(folder)
    os.environ["RALPH_AUTH_FILE"] = str(folder / "auth.json")
    os.environ["RALPH_RUNSERVER_BACKEND"] = "fs"
    os.environ["RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH"] = str(folder / "store")
    import bcrypt
    import uvicorn
    from ralph.backends.data.base import BaseOperationType
    from ralph.backends.lrs.fs import FSLRSBackend

    FSLRSBackend.default_operation_type = BaseOperationType.APPEND  # as it comes, it can write only once
    known = {"username": USER, "hash": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(), "scopes": ["all"]}
    agent = {"account": {"homePage": "https://lrs.example", "name": USER}}
    (folder / "auth.json").write_text(json.dumps([{**known, "agent": agent}]))
    server = uvicorn.Server(uvicorn.Config("ralph.api:app", log_level="warning"))

    def stop_with_the_test() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=stop_with_the_test, daemon=True).start()
    listening = socket.create_server(("127.0.0.1", 0))  # whoever connects from now on waits until it is ready
    print(listening.getsockname()[1], flush=True)
    server.run(sockets=[listening])


def _validate() -> None:
    from pydantic import ValidationError
    from ralph.models.xapi.base.statements import BaseXapiStatement

    said = []
    for line in sys.stdin:
        try:
            BaseXapiStatement.model_validate_json(line)
            said.append("")
        except ValidationError as error:
            said.append(str(error))
    print(json.dumps(said))


# --- the one that misbehaves --------------------------------------------------------------------


class Stub:
    """An LRS that keeps to the specification, except for what ``script`` says of its next answers.

    Each entry is called with the handler and the statements that came, and answers in place of the LRS, or gives False
    to let it answer. ``stored`` are the statements by id, ``asked`` the method and the ids of each request, and
    ``sent_again`` the ids that came once more after they had been acknowledged.
    """

    def __init__(self) -> None:
        self.script: list[Callable[[Any, list[dict[str, Any]]], object]] = []
        self.stored: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, list[str]]] = []
        self.headers: list[dict[str, str]] = []
        self.acknowledged: set[str] = set()
        self.sent_again: list[str] = []
        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}/xapi"

    def posted(self) -> list[list[str]]:
        return [ids for method, ids in self.asked if method == "POST"]

    def take(self, statements: list[dict[str, Any]]) -> tuple[int, Any]:
        """Stores a batch as the specification wants it: all of it or nothing."""
        if any(self.stored.get(s["id"], s) != s for s in statements):
            return 409, "Conflict"
        self.stored.update({s["id"]: s for s in statements})
        return 200, [s["id"] for s in statements]


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stub.asked.append(("POST", [statement["id"] for statement in came]))
            stub.sent_again += stub.acknowledged & {statement["id"] for statement in came}
            self.answer_with(came, lambda: self.take(came))

        def do_GET(self) -> None:
            (wanted,) = parse_qs(urlsplit(self.path).query)["statementId"]
            stub.asked.append(("GET", [wanted]))
            found = stub.stored.get(wanted)
            self.answer_with([], lambda: self.say(200, found) if found else self.say(404, "Not found"))

        def take(self, came: list[dict[str, Any]]) -> None:
            status, body = stub.take(came)
            if status == 200:
                stub.acknowledged.update(body)
            self.say(status, body)

        def answer_with(self, came: list[dict[str, Any]], properly: Callable[[], object]) -> None:
            stub.headers.append(dict(self.headers))
            if not stub.script or stub.script.pop(0)(self, came) is False:
                properly()

        def say(self, status: int, body: Any = "", **headers: str) -> None:
            text = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            for name, value in {"Content_Length": str(len(text)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Says nothing in the tests' output."""

    return Handler


def says(status: int, body: Any = "", **headers: str) -> Callable[[Any, Any], object]:
    return lambda handler, _: handler.say(status, body, **headers)


def properly(handler: Any, came: Any) -> object:
    return False


def hangs(stub: Stub) -> Callable[[Any, Any], object]:
    """Gives no answer until the test is over."""
    return lambda handler, came: stub.over.wait(60)


def drops_after_storing(stub: Stub) -> Callable[[Any, Any], object]:
    """Stores what came, and breaks the connection in the middle of saying so."""

    def drop(handler: Any, came: list[dict[str, Any]]) -> None:
        stub.take(came)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n[")
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    return drop


@contextmanager
def stub() -> Iterator[Stub]:
    made = Stub()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.over.set()
        made.server.shutdown()
        made.server.server_close()


def basic(user: str = USER, password: str = PASSWORD) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", folder]:
            _serve(Path(folder))
        case ["validate"]:
            _validate()

"""When the journal is on a PostgreSQL server and the server can't be used. Needs PostgreSQL's own programs."""

from __future__ import annotations

import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa

from course.journal import Journal
from tests.journals import an_attempt, said
from tests.postgresql import Server


@pytest.mark.parametrize("url", ["postgresql+psycopg://localhost/x", "postgresql+psycopg2://localhost/x"])
def test_a_missing_driver_is_named_with_how_to_install_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for driver in ("psycopg", "psycopg2"):
        monkeypatch.setitem(sys.modules, driver, None)
    assert "pip install 'psycopg[binary]'" in said(lambda: Journal(url))


def test_a_database_that_is_not_there_is_named(server: Server) -> None:
    assert '"nowhere" does not exist' in said(lambda: Journal(server.url("nowhere")))


def test_a_server_that_stops_is_said_and_nothing_is_lost_when_it_is_back(server: Server) -> None:
    journal = Journal(server.new_store())
    before, after = an_attempt(), an_attempt()
    journal.append(before)
    server.stop()
    try:
        assert "on the database server can't be used" in said(lambda: journal.append(after))
        said(lambda: journal.attempts("learner-1"))
    finally:
        server.start()
    assert journal.append(after) == after
    assert journal.attempts("learner-1") == [before, after]


def test_a_server_that_does_not_answer_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    monkeypatch.setattr("course.journal.BUSY_SECONDS", 1)
    with ThreadPoolExecutor(1) as pool, closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"postgresql+psycopg://dana:hunter2@127.0.0.1:{silent.getsockname()[1]}/x"
        sentence = pool.submit(said, lambda: Journal(url)).result(timeout=20)
    assert "timeout" in sentence and "hunter2" not in sentence


def test_a_locked_table_is_not_waited_for_for_ever(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.journal.BUSY_SECONDS", 1)
    url = server.new_store()
    journal = Journal(url)
    with ThreadPoolExecutor(1) as pool, server.connect(sa.make_url(url).database or "") as other, other.transaction():
        other.execute("LOCK TABLE attempt IN EXCLUSIVE MODE")
        assert "lock timeout" in pool.submit(said, lambda: journal.append(an_attempt())).result(timeout=20)
    assert journal.attempts("learner-1") == []


def test_a_newer_store_on_a_server_is_refused(server: Server) -> None:
    url = server.new_store()
    Journal(url)
    with server.connect(sa.make_url(url).database or "") as connection:
        connection.execute("UPDATE store SET format = format + 1")
    assert "newer version of the course" in said(lambda: Journal(url))


def test_what_somebody_wrote_is_not_repeated_in_a_sentence(server: Server) -> None:
    journal = Journal(server.new_store())
    assert "secret words" not in said(lambda: journal.append(an_attempt(text="secret words\0", learner="x" * 65)))
    assert journal.attempts("x" * 65) == []

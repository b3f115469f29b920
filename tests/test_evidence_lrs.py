"""Statements on their way to an LRS that answers 400, 409, 429 or 500, hangs, or breaks off; and where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.errors import EvidenceError
from course.evidence.lrs import BATCH, FIRST_WAIT, LONGEST_WAIT, LONGEST_WORDS, MOST_REFUSED, TRIES, Pushed, push
from tests import lrs
from tests.lrs import PASSWORD, USER, Stub, drops_after_storing, hangs, properly, says

ACTOR = {"objectType": "Agent", "account": {"homePage": "https://toy.example", "name": "ann"}}


def statement(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid5(UUID(int=0), str(number))),
        "actor": ACTOR,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": f"https://toy.example/activities/{number}"},
        "timestamp": "2026-03-31T09:00:00.000Z",
        **more,
    }


def several(count: int) -> list[dict[str, Any]]:
    return [statement(n) for n in range(count)]


def ids(made: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in made]


class Sender:
    """Pushes with the same state each time, waits without waiting, and keeps in mind what it was told."""

    def __init__(self, url: str, state: Path) -> None:
        self.url, self.state = url, state
        self.waited: list[float] = []
        self.heard: list[Pushed] = []

    def push(self, made: Any, **more: Any) -> Pushed:
        whole = {"user": USER, "password": PASSWORD, "progress": self.heard.append, "timeout": 5.0, **more}
        return push(made, whole.pop("url", self.url), state=self.state, wait=self.waited.append, **whole)

    def said(self, made: Any, **more: Any) -> str:
        """The sentence with which it ends."""
        with pytest.raises(EvidenceError) as error:
            self.push(made, **more)
        sentence = str(error.value)
        assert ". " in sentence and sentence.isprintable() and PASSWORD not in sentence
        return sentence


@pytest.fixture
def stub() -> Iterator[Stub]:
    with lrs.stub() as made:
        yield made


@pytest.fixture
def sender(stub: Stub, tmp_path: Path) -> Sender:
    return Sender(stub.url, tmp_path / "state")


# --- when all goes well ---


def test_statements_go_in_batches_under_the_version_and_the_credentials(stub: Stub, sender: Sender) -> None:
    made = several(2 * BATCH + 3)
    assert sender.push(made) == Pushed(sent=len(made))
    assert list(stub.stored.values()) == made
    assert [len(batch) for batch in stub.posted()] == [BATCH, BATCH, 3]
    assert sender.heard == [Pushed(BATCH), Pushed(2 * BATCH), Pushed(2 * BATCH + 3)]
    for headers in stub.headers:
        assert headers["X-Experience-API-Version"] == "1.0.3"
        assert headers["Authorization"] == f"Basic {lrs.basic()}"


def test_statements_are_made_as_they_are_sent(stub: Stub, sender: Sender) -> None:
    def made() -> Iterator[dict[str, Any]]:
        for n in range(4 * BATCH):
            assert n - len(stub.stored) < BATCH
            yield statement(n)

    assert sender.push(made()).sent == 4 * BATCH


def test_nothing_is_sent_twice(stub: Stub, sender: Sender) -> None:
    made = several(BATCH + 1)
    assert sender.push([*made[:BATCH], made[0]]) == Pushed(sent=BATCH, already=1)
    assert sender.push([*made, made[-1]]) == Pushed(sent=1, already=BATCH + 1)
    assert sender.push([*made, made[-1]]) == Pushed(already=BATCH + 2)
    assert stub.posted() == [ids(made[:BATCH]), ids(made[BATCH:])]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_whatever_stops_it_it_goes_on_where_it_stopped(stop: type[BaseException], stub: Stub, sender: Sender) -> None:
    made = several(3 * BATCH)

    def stopped(done: Pushed) -> None:
        if done.sent == 2 * BATCH:
            raise stop

    with pytest.raises(stop):
        sender.push(made, progress=stopped)
    assert sender.push(made) == Pushed(sent=BATCH, already=2 * BATCH)
    assert [i for batch in stub.posted() for i in batch] == ids(made)


@pytest.mark.parametrize("spoil", [lambda text: text[:-9], lambda text: text[:-1], lambda text: text + b"\0\0\0"])
def test_a_state_file_that_was_cut_off_costs_one_statement_at_most(
    spoil: Callable[[bytes], bytes], stub: Stub, sender: Sender
) -> None:
    made = several(3)
    sender.push(made)
    (file,) = sender.state.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    assert sender.push([*made, statement(3)]).already >= 2
    assert sender.push([*made, statement(3)]) == Pushed(already=4)
    assert len(stub.stored) == 4


def test_each_user_of_an_address_has_a_state_of_their_own_in_which_nobody_is_named(stub: Stub, sender: Sender) -> None:
    made = several(2)
    with_credentials = stub.url.replace("http://", "http://officer:hunter2%20%26%20more@")
    assert sender.push(made, user="", password="", url=with_credentials) == Pushed(sent=2)
    assert stub.headers[0]["Authorization"] == f"Basic {lrs.basic()}"
    assert sender.push(made, url=f"{stub.url}/statements/") == Pushed(already=2)
    assert sender.push(made, user="another") == Pushed(sent=2)
    assert len(list(sender.state.iterdir())) == 2
    for file in sender.state.iterdir():
        kept = f"{file.name} {file.read_text()}"
        assert not any(secret in kept for secret in (USER, "hunter2", lrs.basic(), "127.0.0.1", "another"))


# --- when it should be asked again ---


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_lrs_is_asked_again_after_longer_and_longer_waits(status: int, stub: Stub, sender: Sender) -> None:
    stub.script = [says(status, "Not now")] * (TRIES - 1)
    assert sender.push(several(2)) == Pushed(sent=2)
    assert len(sender.waited) == TRIES - 1 and len(set(sender.waited)) == TRIES - 1
    for n, waited in enumerate(sender.waited):
        assert FIRST_WAIT * 2**n / 2 <= waited <= FIRST_WAIT * 2**n


@pytest.mark.parametrize(
    "written", [lambda: "17", lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=18), True)]
)
def test_it_waits_as_long_as_it_is_asked_to(written: Callable[[], str], stub: Stub, sender: Sender) -> None:
    stub.script = [says(429, "Slow down", Retry_After=written()), says(503, Retry_After="soon")]
    assert sender.push(several(1)) == Pushed(sent=1)
    assert 15 < sender.waited[0] <= 18 and sender.waited[1] <= 2 * FIRST_WAIT


def test_it_does_not_wait_for_an_hour(stub: Stub, sender: Sender) -> None:
    stub.script = [says(429, "Come back", Retry_After="3600")]
    assert "asks to wait 60 minutes (429: Come back). Send again then" in sender.said(several(1))
    assert sender.waited == [] and LONGEST_WAIT < 3600


def test_an_lrs_that_hangs_is_given_up_and_asked_again(stub: Stub, sender: Sender) -> None:
    stub.script = [hangs(stub)]
    assert sender.push(several(2), timeout=0.2) == Pushed(sent=2)
    assert len(sender.waited) == 1


def test_an_answer_that_breaks_off_after_storing_leaves_each_statement_there_once(stub: Stub, sender: Sender) -> None:
    made = several(BATCH + 2)
    stub.script = [drops_after_storing(stub), properly, drops_after_storing(stub)]
    assert sender.push(made) == Pushed(sent=BATCH + 2)
    assert list(stub.stored.values()) == made


def test_an_lrs_that_never_answers_is_said_and_what_it_took_is_not_sent_again(stub: Stub, sender: Sender) -> None:
    made = several(2 * BATCH)
    stub.script = [properly, *[says(503, "Down")] * TRIES]
    sentence = sender.said(made)
    assert sentence.startswith(
        f"The LRS at {stub.host} was asked {TRIES} times and did not answer as it should (503: Down)"
    )
    assert sender.push(made) == Pushed(sent=BATCH, already=BATCH)


def test_an_lrs_that_is_not_there_is_said(stub: Stub, sender: Sender) -> None:
    stub.server.server_close()
    assert "refused" in sender.said(several(1))
    assert len(sender.waited) == TRIES - 1


FAULTS: dict[str, Callable[[Stub], Any]] = {
    "500": lambda _: says(500),
    "429": lambda _: says(429, Retry_After="1"),
    "breaks off": drops_after_storing,
    "409": lambda _: says(409),
    "400": lambda _: says(400),
    "well": lambda _: properly,
}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(st.sampled_from(sorted(FAULTS)), max_size=12), count=st.integers(0, 2 * BATCH + 1))
def test_whatever_goes_wrong_in_the_end_everything_is_there_and_nothing_was_sent_after_it_was_acknowledged(
    script: list[str], count: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = several(count)
    with lrs.stub() as stub:
        sender = Sender(stub.url, tmp_path_factory.mktemp("state"))
        stub.script = [FAULTS[name](stub) for name in script]
        for _ in range(len(script) + 1):
            try:
                done = sender.push(made)
            except EvidenceError:
                continue
            break
        assert done.sent + done.already == count
        assert sorted(stub.stored) == sorted(ids(made)) and stub.sent_again == []
        stub.asked.clear()
        assert sender.push(made) == Pushed(already=count) and stub.asked == []


# --- when it is refused ---


def test_the_statement_that_is_at_fault_is_named_and_the_others_are_sent(stub: Stub, sender: Sender) -> None:
    made, bad = several(2 * BATCH), statement(7)["id"]

    def picky(handler: Any, came: list[dict[str, Any]]) -> object:
        stub.script.append(picky)
        return handler.say(400, "score.scaled: 7 is above 1\nTraceback ...") if bad in ids(came) else False

    stub.script = [picky]
    sentence = sender.said(made)
    assert f"did not take 1 statement: {bad} (400: score.scaled: 7 is above 1). " in sentence
    assert set(ids(made)) - set(stub.stored) == {bad}
    stub.script = []
    assert sender.push(made) == Pushed(sent=1, already=2 * BATCH - 1)


def test_an_lrs_that_refuses_everything_is_not_asked_about_every_statement(stub: Stub, sender: Sender) -> None:
    stub.script = [says(400, "We speak version 2")] * 10 * BATCH
    assert f"did not take {MOST_REFUSED} statements: " in sender.said(several(5 * BATCH))
    assert len(stub.asked) == 1 + MOST_REFUSED


def test_an_id_that_was_edited_by_hand_is_named(stub: Stub, sender: Sender) -> None:
    stub.script = [says(400, "id: no UUID")] * 2
    assert "1 statement: number one\u2026 (400: id: no UUID)" in sender.said([statement(1, id="number one\u2026")])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            says(401, {"detail": "Wrong password"}),
            'does not let us in (401: {"detail": "Wrong password"}). Check the user',
        ),
        (says(403), "does not let us in (403 Forbidden)"),
        (says(404, "<html>\n<h1>Nothing here</h1>"), "There is no LRS at http://HOST/xapi (404 Not Found). Check"),
        (says(301, Location="https://elsewhere.example"), "can't be used (301 Moved Permanently). Check its address"),
        (says(200, "<html>Please log in</html>"), "What answers at HOST is no LRS. Check its address."),
        (says(401, "\n\x1b[2J\x07Go\taway\u202e!\nSecond line"), "(401: [2J Go away !). "),
        (says(401, "x" * 999), f"(401: {'x' * LONGEST_WORDS}…). "),
        (says(401, f"I know {lrs.basic()} and {PASSWORD}!"), "(401: I know … and …!)"),
    ],
)
def test_what_an_lrs_says_is_passed_on_as_plain_text(answer: Any, expected: str, stub: Stub, sender: Sender) -> None:
    stub.script = [answer]
    assert expected.replace("HOST", stub.host) in sender.said(several(BATCH))
    assert len(stub.asked) == 1 and stub.stored == {}


# --- when it has the statement already ---


@pytest.mark.parametrize("shown", [lambda one: one, lambda one: {"statements": [one]}])
def test_a_conflict_over_what_the_lrs_may_change_is_none(
    shown: Callable[[Any], Any], stub: Stub, sender: Sender
) -> None:
    around = {"grouping": [{"id": "https://toy.example/b"}, {"id": "https://toy.example/a"}]}
    mine = statement(1, result={"success": True}, context={"platform": "here", "contextActivities": around})
    there = json.loads(json.dumps(mine))
    there["object"].update(objectType="Activity", definition={"name": {"en-US": "An older title"}})
    there["verb"]["display"] = {"en-US": "answered"}
    there["context"]["contextActivities"]["grouping"].reverse()
    there.update(
        timestamp="2026-03-31T11:00:00+02:00", stored="2026-04-01T00:00:00Z", version="1.0.0", authority={"name": "x"}
    )
    there["actor"]["name"] = "Ann"
    stub.stored[mine["id"]] = there
    stub.script = [properly, properly, says(200, shown(there))]
    assert sender.push([mine, statement(2)]) == Pushed(sent=1, already=1)
    assert [method for method, _ in stub.asked] == ["POST", "POST", "GET", "POST"]
    assert sender.push([mine, statement(2)]) == Pushed(already=2)


@pytest.mark.parametrize(
    "change",
    [
        {"result": {"success": False}},
        {"actor": {**ACTOR, "account": {"homePage": "https://toy.example", "name": "bob"}}},
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/failed"}},
        {"object": {"id": "https://toy.example/activities/other"}},
        {"timestamp": "2026-03-31T09:00:00.001Z"},
        {"context": {"platform": "elsewhere"}},
    ],
)
def test_a_conflict_is_named_and_the_others_are_sent(change: dict[str, Any], stub: Stub, sender: Sender) -> None:
    mine = statement(1, result={"success": True}, context={"platform": "here"})
    there = stub.stored[mine["id"]] = {**mine, **change}
    sentence = sender.said([statement(0), mine, statement(2)])
    assert f"1 statement: {mine['id']} (409: another statement is there under this id). " in sentence
    assert set(stub.stored) == set(ids(several(3))) and stub.stored[mine["id"]] == there
    assert mine["id"] in sender.said([mine])


@pytest.mark.parametrize(
    "shown", [says(404), says(403), says(200, "<html>"), says(200, {"statements": []}), says(200, ["?"])]
)
def test_a_conflict_that_can_not_be_looked_at_is_named(shown: Any, stub: Stub, sender: Sender) -> None:
    stub.script = [says(409, "It is here"), shown]
    assert f"{statement(1)['id']} (409: It is here)" in sender.said([statement(1)])


# --- wrong calls ---


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lrs.example/xapi",
        "ftp://lrs.example",
        "https://",
        "https://u:hunter2@lrs.example:port/",
        "https://[",
        "https://l?x=hunter2",
    ],
)
def test_an_address_that_is_none_is_said_without_repeating_it(url: str, sender: Sender) -> None:
    sentence = sender.said(several(1), url=url)
    assert "is no web address. Write what comes before /statements" in sentence and "hunter2" not in sentence


def test_a_state_that_can_not_be_kept_is_said_before_anything_is_sent(stub: Stub, sender: Sender) -> None:
    sender.state.write_text("in the way")
    assert "can't be remembered in" in sender.said(several(1))
    assert stub.asked == []

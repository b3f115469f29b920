"""The calls that show, sign, export, check, erase and copy records, as somebody types them: what they say and leave."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from course.bank import Bank
from course.cli.files import writing
from course.evidence import bundle, signing
from course.journal import Journal, user_folder
from course.model import Learner
from tests import lrs
from tests.commands import BO, DANA, SECRET, Command, assert_one_sentence, fill, in_process, table
from tests.journals import an_attempt
from tests.signed import KEY, OTHER_KEY, write
from tests.test_proctor import Candidate
from tests.toy import Toy

ROSTER = "id,name,role,joined,left,due\ndana,Dana Vega,support,,,2026-03-31\nbo,,lawyer,,,soon\nx,Xi,,,,2026-03-31\n"


@pytest.fixture
def course(
    checks: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """The command in a folder of its own, in which nothing half-written is left."""
    monkeypatch.setenv("COURSE_DATA", str(checks.data))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    yield Command(capsys)
    assert [file.name for file in tmp_path.rglob("*") if file.name.endswith(".part")] == []


@pytest.fixture
def filled(journal: Journal) -> Journal:
    return fill(journal)


@pytest.fixture
def passed(checks: Toy, journal: Journal) -> Learner:
    """Dana has passed the final check."""
    journal.sit_down(DANA.id)
    journal.save_profile(DANA)
    Candidate("final", Bank(checks.data), journal, DANA).take()
    return DANA


def here() -> set[str]:
    return {file.name for file in Path().iterdir()}


def text_of(file: str | Path) -> str:
    return Path(file).read_text("utf-8-sig")


# --- report ---


def test_the_report_names_bad_rows_of_the_roster_and_uses_the_others(course: Command, filled: Journal) -> None:
    Path("r.csv").write_text(ROSTER, encoding="utf-8")
    done = course("report", "out.html", "--csv", "out.csv", "--lms", "lms.csv", "--roster", "r.csv")
    assert (done.status, done.out) == (1, "Written to out.html: 3 people, 3 answers.\n")
    assert done.err == "r.csv:3: 'soon' is no day; write 'due' as 2026-01-31. This row was not used.\n"
    people = {row["id"]: row for row in table(text_of("out.csv"))}
    assert (people["dana"]["name"], people["dana"]["due"], people["dana"]["done"]) == ("Dana Vega", "2026-03-31", "1")
    assert people["bo"]["name"] == f"'{BO.name}" and "=1+1 Bo" in text_of("out.html")
    completions = {(row["username"], row["status"]) for row in table(text_of("lms.csv"))}
    assert completions == {(who, "incomplete") for who in ("dana", "bo", "x")}


@pytest.mark.parametrize(
    ("day", "state"), [("2026-03-31", "due"), ("2026-04-01", "overdue"), ("2026-01-01", "not yet due")]
)
def test_due_days_are_held_against_the_day_named(day: str, state: str, course: Command, filled: Journal) -> None:
    Path("r.csv").write_text(ROSTER.replace("soon", ""), encoding="utf-8")
    assert course("report", "--as-of", day, "--csv", "out.csv", "--roster", "r.csv").status == 0
    assert {row["id"]: row["state"] for row in table(text_of("out.csv"))}["dana"] == state
    assert "report.html" in here()


def test_with_pseudonyms_no_name_stands_in_any_of_the_files(course: Command, filled: Journal) -> None:
    Path("r.csv").write_text(ROSTER, encoding="utf-8")
    course("report", "out.html", "--csv", "out.csv", "--lms", "lms.csv", "--roster", "r.csv", "--pseudonyms")
    for text in map(text_of, ("out.html", "out.csv", "lms.csv")):
        assert "dana" in text and not any(words in text for words in ("Vega", "Bo 🙂", "Xi", SECRET))


# --- certificate ---


def test_without_a_pass_there_is_no_certificate_and_it_is_said_why(course: Command, journal: Journal) -> None:
    assert_one_sentence(course("certificate"), "Nobody has opened the course here yet")
    fill(journal)
    assert_one_sentence(course("certificate"), "not passed yet")
    assert_one_sentence(course("certificate", "--learner", "nobody"), "holds nothing about 'nobody'")
    assert here() == set()


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("us-letter", 612)])
def test_a_certificate_is_four_files_that_say_what_was_signed(
    paper: str, width: int, course: Command, passed: Learner, journal: Journal
) -> None:
    done = course("certificate", "--folder", "new/mine", "--paper", paper)
    assert (done.status, done.err) == (0, "") and str(Path("new/mine").absolute()) in done.out
    folder, own = Path("new/mine"), signing.did_of(signing.own_key(user_folder()).public_key())
    signed = {"certificate.html", "certificate.pdf", "badge.jwt"}
    assert {file.name for file in folder.iterdir()} == {*signed, "renew.ics"}
    for name in signed:
        found = course("verify", folder / name, "--trust", own)
        assert (found.status, found.err) == (0, "") and found.out.count("the key that you trust") == 1
        assert "Certificate of training for Dana Vega (dana)\nCourse: Toy Course" in found.out
    pdf = (folder / "certificate.pdf").read_bytes()
    assert [round(float(size)) for size in re.findall(rb"/MediaBox ?\[ ?0 0 ([\d.]+)", pdf)] == [width]
    assert [event.kind for event in journal.events("dana")][-1] == "certificate"


def test_a_name_without_a_font_costs_the_pdf_alone(course: Command, passed: Learner, journal: Journal) -> None:
    journal.save_profile(replace(DANA, name="\U00012000"))
    done = course("certificate")
    assert here() == {"certificate.html", "badge.jwt", "renew.ics"}
    assert done.status == 1 and done.err.startswith("The PDF could not be made; what else belongs to it is in ")
    assert done.err.count("\n") == 1 and course("verify", "certificate.html").status == 0


# --- verify ---


def test_who_signed_is_believed_only_if_it_is_the_key_that_is_trusted(course: Command, filled: Journal) -> None:
    write(filled, Path("e.zip"), title="Toy Course")
    Path("key.pem").write_bytes(signing.public_pem(KEY))
    for trusted in (signing.did_of(KEY.public_key()), "key.pem"):
        found = course("verify", "e.zip", "--trust", trusted)
        assert (found.status, found.err) == (0, "") and "the key that you trust" in found.out
    assert course("verify", "e.zip").out.count("the key that you trust") == 0
    found = course("verify", "e.zip", "--trust", signing.did_of(OTHER_KEY.public_key()))
    assert found.status == 1 and "not by the key that you trust" in found.err
    for nonsense in ("key.txt", "did:key:z6Mk", ".", "e.zip"):
        assert_one_sentence(course("verify", "e.zip", "--trust", nonsense), nonsense)
    assert_one_sentence(course("verify", "no.zip"), "no.zip can't be read")


def test_what_belongs_to_another_course_is_told_where_this_one_can_be_read(
    course: Command, filled: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(filled, Path("e.zip"), title="Knots")
    found = course("verify", "e.zip")
    assert (found.status, found.err) == (1, "Of another course: it is for 'Knots', and not for 'Toy Course'.\n")
    monkeypatch.setenv("COURSE_DATA", "nowhere")
    assert course("verify", "e.zip")[::2] == (0, "")


# --- export ---


def test_answers_are_a_table_without_what_is_the_learners_own(course: Command, filled: Journal) -> None:
    screen = course("export", "csv")
    assert (screen.status, screen.err, len(table(screen.out))) == (0, "", 3)
    assert course("export", "csv", "all.csv") == (0, "Written to all.csv\n", "")
    assert table(text_of("all.csv")) == table(screen.out)
    assert not any(words in screen.out for words in (SECRET, "Vega", "guess", "confidence"))


@pytest.mark.parametrize("order", [("--learner", "dana", "mine.csv"), ("mine.csv", "--learner", "dana")])
def test_a_person_is_given_everything_held_about_them(order: tuple[str], course: Command, filled: Journal) -> None:
    assert course("export", "csv", *order).status == 0
    rows = table(text_of("mine.csv"))
    assert [row["value"] for row in rows if row["what"] == "profile"] == ["dana", "Dana Vega", "law", "support"]
    for attempt in filled.attempts("dana"):
        told = {row["field"]: row["value"] for row in rows if row["what"] == f"attempt {attempt.attempt}"}
        assert (told.get("text"), told["answer"], told["at"]) == (attempt.text, '["a"]', attempt.at)
    assert {f"event {event.id}" for event in filled.events("dana")} < {row["what"] for row in rows}
    assert "Bo" not in text_of("mine.csv")


@pytest.mark.parametrize("form", ["csv", "xapi", "evidence"])
def test_a_learner_who_is_not_there_is_said_and_no_file_is_made(form: str, course: Command, filled: Journal) -> None:
    for where in ([], ["out"]):
        assert_one_sentence(course("export", form, *where, "--learner", "dane"), "holds nothing", "dane")
    assert here() == set()


def test_statements_go_to_the_screen_to_a_file_and_once_to_an_lrs(
    course: Command, filled: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = [json.loads(line) for line in course("export", "xapi").out.splitlines()]
    assert course("export", "xapi", "--names", "named.jsonl").out == "Written to named.jsonl\n"
    named = [json.loads(line) for line in text_of("named.jsonl").splitlines()]
    assert {one["actor"]["name"] for one in named} == {DANA.name, BO.name} and "Vega" not in str(bare)
    assert [{**one, "actor": 0} for one in named] == [{**one, "actor": 0} for one in bare]
    monkeypatch.setenv("COURSE_LRS_USER", lrs.USER)
    monkeypatch.setenv("COURSE_LRS_PASSWORD", lrs.PASSWORD)
    with lrs.stub() as store:
        assert course("export", "xapi", "--to", store.url, "--learner", "bo").out.startswith("Sent 1 statement;")
        assert course("export", "xapi", "--to", store.url).out == "Sent 2 statements; there already: 1.\n"
        assert list(store.stored.values()) == sorted(bare, key=lambda one: one["actor"]["account"]["name"])
        assert store.headers[0]["Authorization"] == f"Basic {lrs.basic()}"
        filled.append(an_attempt(learner="bo"))
        store.script = [lrs.says(401, "no")]
        assert_one_sentence(course("export", "xapi", "--to", store.url), "does not let us in")


def test_evidence_is_one_file_that_says_what_is_in_it(course: Command, filled: Journal) -> None:
    done = course("export", "evidence")
    head = done.out.split()[-1]
    assert (done.status, here()) == (0, {"evidence.zip"}) and head == bundle.check(Path("evidence.zip")).manifest.head
    assert "3 answers and 4 events of 2 learners, everybody in the journal" in course("verify", "evidence.zip").out
    assert course("export", "evidence", "one.zip", "--learner", "bo").status == 0
    assert "1 answers and 2 events of 1 learners, chosen people" in course("verify", "one.zip").out


@pytest.mark.parametrize(
    "call",
    [
        "export",
        "export pdf",
        "export csv --to http://127.0.0.1/",
        "export evidence --to http://127.0.0.1/",
        "export xapi out.jsonl --to http://127.0.0.1/",
        "export csv --names",
        "export evidence .",
        "report ..",
        "backup /",
        "import",
        "report --as-of soon",
        "certificate --paper a5",
    ],
)
def test_a_wrong_call_is_answered_by_its_usage(call: str, course: Command) -> None:
    done = course(*call.split())
    assert (done.status, done.out) == (2, "") and done.err.startswith("usage: course ")


@pytest.mark.parametrize("call", ["report no/x.html", "export csv no/x", "export xapi no/x", "export evidence no/x"])
def test_a_place_that_can_not_be_written_is_named(call: str, course: Command, filled: Journal) -> None:
    assert_one_sentence(course(*call.split()), "no/x", "can't be written (No such file or directory)")
    Path("no").write_text("a file in the way")
    assert_one_sentence(course(*call.split()), "can't be written (Not a directory)")


@pytest.mark.parametrize("call", ["export csv kept", "export xapi kept", "export evidence kept", "report kept"])
def test_a_stop_in_the_middle_leaves_what_was_there(
    call: str, course: Command, filled: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("kept").write_text("before")
    whole = Journal.everybody

    def stopped(journal: Journal) -> Iterator[Any]:
        yield next(whole(journal))
        raise KeyboardInterrupt

    monkeypatch.setattr(Journal, "everybody", stopped)
    assert course(*call.split()).status == 130
    with pytest.raises(KeyboardInterrupt), writing(Path("kept")) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert here() == {"kept"} and text_of("kept") == "before"


def test_a_screen_without_some_letters_is_shown_their_numbers(course: Command, filled: Journal) -> None:
    for call in (["export", "csv", "--learner", "dana"], ["export", "xapi", "--names"], ["forget", "bo"]):
        done = in_process(*call, PYTHONIOENCODING="ascii")
        assert b"Traceback" not in done.stderr and (b"\\U0001f642" in done.stdout or b"\\ud83d" in done.stdout)


# --- forget and backup ---


@pytest.mark.parametrize("typed", [b"", b"no\n", b"\n", b"yes please\n", b"\xff\n"])
def test_whatever_is_not_yes_erases_nothing(typed: bytes, course: Command, filled: Journal) -> None:
    done = in_process("forget", "dana", typed=typed, PYTHONIOENCODING="utf-8:strict")
    assert (done.returncode, done.stderr) == (1, b"Nothing was erased.\n")
    assert b"This erases the name (Dana Vega), the role and every text of dana" in done.stdout
    assert filled.profiles()["dana"] == DANA and len(dict(filled.texts())) == 1


def test_where_nobody_can_be_asked_nothing_is_erased(
    course: Command, filled: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert course("forget", "dana")[::2] == (1, "Nothing was erased.\n")
    assert filled.profiles()["dana"] == DANA


@pytest.mark.parametrize("yes", ["typed", "--yes"])
def test_a_person_is_forgotten_and_it_is_said_what_remains(
    yes: str, course: Command, filled: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: " Yes ")
    done = course("forget", "dana", *[option for option in [yes] if option == "--yes"])
    assert (done.status, done.err) == (0, "") and "Erased: name, role and 1 text. What remains are answers" in done.out
    assert (set(filled.profiles()), dict(filled.texts()), len(filled.attempts("dana"))) == ({"bo"}, {}, 2)
    assert_one_sentence(course("forget", "dane", "--yes"), "holds nothing about 'dane'")


def test_a_copy_put_in_the_journals_place_goes_on_working(course: Command, filled: Journal, tmp_path: Path) -> None:
    done = course("backup", "copy.sqlite")
    assert (done.status, done.err) == (0, "") and "To restore it, close the course, take away the journal" in done.out
    filled.append(an_attempt(learner="late"))
    filled.close()
    for file in tmp_path.glob("journal.sqlite*"):
        file.unlink()
    Path("copy.sqlite").rename(tmp_path / "journal.sqlite")
    again = Journal(filled.address)
    assert again.last_seated() == "bo" and again.learners() == ["bo", "dana"]
    again.append(an_attempt(learner="new"))
    assert len(table(course("export", "csv").out)) == 4

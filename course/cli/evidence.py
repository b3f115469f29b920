"""The calls of the ``course`` command that show, sign, export, merge and erase records."""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from uuid import NAMESPACE_URL, uuid5

import msgspec

from course import __version__, forms
from course.bank import Bank
from course.cli.files import day, new_file, write, writing
from course.errors import CourseError, EvidenceError, PaperError
from course.journal import Journal, copied, journal_url, user_folder, utc_now
from course.model import Attempt, Event, Learner
from course.tally import ATTENDED

if TYPE_CHECKING:
    from course.evidence.report import Report
    from course.evidence.roster import Matched, Roster

FAULT_FOUND = 1

AT_ONCE = 2_000
"""Records of an evidence file that are in memory, and taken in, at a time."""

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet may take for the beginning of a formula (OWASP, "CSV Injection")."""


def add(calls: Any) -> None:
    """Adds the parsers of these calls."""
    report = calls.add_parser("report", help="who is done, acknowledged and passed", description=_report.__doc__)
    report.add_argument("file", type=new_file, nargs="?", metavar="FILE.html", help="the page to write (report.html)")
    report.add_argument("--csv", type=new_file, metavar="FILE", help="the people as a table, too")
    report.add_argument("--lms", type=new_file, metavar="FILE", help="the completions, for a learning system to import")
    report.add_argument("--roster", type=Path, metavar="FILE", help="the people: id,name,role,joined,left,due")
    report.add_argument("--pseudonyms", action="store_true", help="leave names out")
    report.add_argument("--as-of", type=day, metavar="DATE", help="hold due days against this day (today)")
    report.set_defaults(run=_report)

    certificate = calls.add_parser("certificate", help="a certificate, signed", description=_certificate.__doc__)
    certificate.add_argument("--learner", metavar="ID", help="a learner's id; without it, whoever sits here")
    certificate.add_argument("--folder", type=Path, default=Path(), metavar="DIR", help="where to (here)")
    certificate.add_argument("--paper", choices=["a4", "us-letter"], default="us-letter", help="the size of the sheet")
    certificate.set_defaults(run=_certificate)

    export = calls.add_parser("export", help="records as CSV, xAPI or evidence", description="Write records.")
    _add_export(export.add_subparsers(required=True, metavar="FORM"))

    merge = calls.add_parser("import", help="take in other journals and evidence", description=_import.__doc__)
    merge.add_argument("files", type=Path, nargs="+", metavar="FILE", help="journals and evidence files")
    merge.set_defaults(run=_import)

    attended = calls.add_parser("attended", help="write down who was in a session", description=_attended.__doc__)
    attended.add_argument("file", type=Path, metavar="FILE.csv", help="the people: id,name, as in a roster")
    attended.add_argument("--on", type=day, metavar="DATE", help="the day of the session (today)")
    attended.set_defaults(run=_attended)

    verify = calls.add_parser("verify", help="check a certificate, badge or evidence", description=_verify.__doc__)
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--trust", metavar="KEY", help="the key that you trust: a file, or did:key:...")
    verify.set_defaults(run=_verify)

    forget = calls.add_parser("forget", help="erase a person's name and texts", description=_forget.__doc__)
    forget.add_argument("learner", metavar="ID")
    forget.add_argument("--yes", action="store_true", help="do not ask")
    forget.set_defaults(run=_forget)

    backup = calls.add_parser("backup", help="copy the journal, in use or not", description=_backup.__doc__)
    backup.add_argument("file", type=new_file, metavar="FILE")
    backup.set_defaults(run=_backup)


def _add_export(forms_of_export: Any) -> None:
    """Each form has a parser of its own, so that what belongs to one of them alone is a wrong call with the others."""
    table = forms_of_export.add_parser("csv", help="answers as a table", description=_export_csv.__doc__)
    xapi = forms_of_export.add_parser("xapi", help="statements, one a line", description=_export_xapi.__doc__)
    signed = forms_of_export.add_parser("evidence", help="one signed file", description=_export_evidence.__doc__)
    place = xapi.add_mutually_exclusive_group()
    place.add_argument("--to", metavar="URL", help="send them to this LRS (COURSE_LRS_USER, COURSE_LRS_PASSWORD)")
    xapi.add_argument("--names", action="store_true", help="with names beside the pseudonyms")
    for parser, where in ((table, "to the screen"), (place, "to the screen"), (signed, "evidence.zip")):
        parser.add_argument("file", type=new_file, nargs="?", metavar="FILE", help=f"where to; without it, {where}")
    for parser, run in ((table, _export_csv), (xapi, _export_xapi), (signed, _export_evidence)):
        parser.add_argument("--learner", metavar="ID", help="one learner alone")
        parser.set_defaults(run=run)


def _journal() -> Journal:
    return Journal(journal_url())


def _held(journal: Journal, learner: str) -> str:
    """An id of which the journal holds something. Raises EvidenceError where it holds nothing."""
    if learner not in journal.learners():
        raise EvidenceError(f"The journal holds nothing about '{learner}'. Look for a typing mistake in the id.")
    return learner


def _counting(what: str) -> Callable[[int], None]:
    """Says how far a long piece of work is, where somebody watches."""

    def seen(count: int) -> None:
        if sys.stderr.isatty() and count % 100 == 0:
            print(f"{count:,} {what} ...", end="\r", file=sys.stderr, flush=True)

    return seen


def _many(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


# --- report ---


def _report(options: argparse.Namespace) -> int:
    """Write the report: one page with pictures and words, and the people as a table and for a learning system."""
    from course.evidence import pages, report

    bank, journal = Bank(), _journal()
    people, matched = _matched(journal, options.roster) if options.roster else (None, None)
    today = options.as_of or datetime.now(UTC).date()
    seen = _counting("learners")
    whole = report.report(bank, journal.everybody(), journal.profiles(), today, __version__, matched, seen)
    if options.pseudonyms:
        whole = report.pseudonymous(whole)
    written = options.file or Path("report.html")
    write(written, pages.page(whole).encode())
    if options.csv:
        write(options.csv, _people(whole).encode("utf-8-sig"))  # without a mark, spreadsheets spoil what is not ASCII
    if options.lms:
        write(options.lms, _completions(whole).encode())
    faults = people.faults if people else ()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"Written to {written}: {len(whole.rows):,} people, {_many(whole.answers, 'answer')}.")
    return FAULT_FOUND if faults else 0


def _matched(journal: Journal, file: Path) -> tuple[Roster, Matched]:
    """The people of a list, and who of the journal's learners they are."""
    from course.evidence import roster

    people, profiles = roster.read(_bytes(file), file.name), journal.profiles()
    known = {learner: profiles.get(learner, Learner(learner)) for learner in journal.learners()}
    return people, roster.match(people, known)


def _people(whole: Report) -> str:
    """The people as CSV, for a spreadsheet."""
    from course.evidence.report import Row

    return _table(Row.__struct_fields__, map(msgspec.structs.astuple, whole.rows))


def _completions(whole: Report) -> str:
    """What learning systems import: who completed which course, when, and how it stands."""
    head = ["username", "fullname", "course", "version", "completed", "status", "passed"]
    rows = (
        (r.id, r.name, whole.title, whole.version, r.finished, "completed" if r.finished else "incomplete", r.passed)
        for r in whole.rows
        if r.id  # with pseudonyms, whoever is not in the journal has none
    )
    return _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(map(_harmless, (head, *rows)))
    return out.getvalue()


def _harmless(row: Iterable[Any]) -> list[Any]:
    """A row in which no spreadsheet finds a formula."""
    return [f"'{field}" if isinstance(field, str) and field.startswith(FORMULA) else field for field in row]


# --- certificate ---


def _certificate(options: argparse.Namespace) -> int:
    """Write the certificate of whoever passed the final check: a page, a PDF, a badge and a reminder, signed."""
    from course import paper
    from course.evidence import certificate, issue, signing

    bank, journal = Bank(), _journal()
    named = _held(journal, options.learner) if options.learner else os.environ.get("COURSE_LEARNER")
    who = named or journal.last_seated()
    if who is None:
        raise EvidenceError("Nobody has opened the course here yet. Open it with 'course start'.")
    learner = journal.current_learner(who)
    facts = issue.facts(bank, learner, journal.attempts(learner.id), journal.events(learner.id), __version__, utc_now())
    token = certificate.badge(facts, signing.own_key(user_folder()))
    folder: Path = options.folder
    made = {
        "certificate.html": certificate.html(facts, token).encode(),
        "badge.jwt": token.encode(),
        "renew.ics": certificate.ics(facts).encode(),
    }
    unset = None
    try:
        made["certificate.pdf"] = paper.certificate(certificate.values(facts, token), options.paper)
    except PaperError as error:  # such as a name in letters that no font here has
        unset = error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EvidenceError(f"{folder} can't be made ({error.strerror}). Name another folder.") from None
    for name, content in made.items():
        write(folder / name, content)
    detail = {"token": hashlib.sha256(token.encode()).hexdigest(), "until": facts.valid_until}
    journal.record("certificate", learner.id, detail)
    print(f"Written to {folder.absolute()}: {', '.join(made)}. Valid until {facts.valid_until[:10]}.")
    if unset:
        print(f"The PDF could not be made; what else belongs to it is in {folder.absolute()}. {unset}", file=sys.stderr)
    return FAULT_FOUND if unset else 0


# --- export ---


def _export_csv(options: argparse.Namespace) -> int:
    """Write every answer as a row, without names and texts; of one learner, everything that is held about them."""
    journal = _journal()
    rows = _everything(journal, _held(journal, options.learner)) if options.learner else _answers(journal)
    with _out(options.file) as out:
        table = csv.writer(out, lineterminator="\r\n" if options.file else "\n")
        table.writerows(map(_harmless, rows))
    return 0


def _answers(journal: Journal) -> Iterator[Sequence[Any]]:
    """Every attempt as a row, but for what is the learner's own: the text, and how sure they were."""
    fields = [field for field in Attempt.__struct_fields__ if field not in ("text", "confidence")]
    yield fields
    for _, attempts, _ in journal.everybody():
        for attempt in attempts:
            yield [_plain(getattr(attempt, field)) for field in fields]


def _everything(journal: Journal, learner: str) -> Iterator[Sequence[Any]]:
    """Everything held about one person: profile, attempts with their texts, events. A row names what it is."""
    profile = journal.current_learner(learner)
    yield ["what", "at", "field", "value"]
    for field in Learner.__struct_fields__:
        yield ["profile", "", field, getattr(profile, field) or ""]
    for attempt in journal.attempts(learner):
        for field in Attempt.__struct_fields__:
            value = getattr(attempt, field)
            if value not in (None, ""):
                yield [f"attempt {attempt.attempt}", attempt.at, field, _plain(value)]
    for event in journal.events(learner):
        yield [f"event {event.id}", event.at, event.kind, _plain(dict(event.detail))]


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _export_xapi(options: argparse.Namespace) -> int:
    """Write xAPI 1.0.3 statements, one a line, or send them to a learning record store, none of them twice."""
    from course.evidence import lrs, xapi

    journal = _journal()
    chosen = _held(journal, options.learner) if options.learner else None
    course, profiles = xapi.course_of(Bank()), journal.profiles()

    def statements() -> Iterator[xapi.Statement]:
        for learner, attempts, events in journal.everybody():
            if chosen in (None, learner):
                who = profiles.get(learner, Learner(learner))
                yield from xapi.statements(who, attempts, events, course, options.names)

    if not options.to:
        with _out(options.file) as out:
            for statement in statements():
                out.write(json.dumps(statement) + "\n")
        return 0
    seen = _counting("statements")
    pushed = lrs.push(
        statements(),
        options.to,
        user=os.environ.get("COURSE_LRS_USER", ""),
        password=os.environ.get("COURSE_LRS_PASSWORD", ""),
        progress=lambda so_far: seen(so_far.sent + so_far.already),
        state=user_folder() / "sent",
    )
    print(f"Sent {_many(pushed.sent, 'statement')}; there already: {pushed.already:,}.")
    return 0


def _export_evidence(options: argparse.Namespace) -> int:
    """Write one signed file with every record, chained, and with the wordings that were answered."""
    from course.evidence import bundle, signing

    bank, file = Bank(), options.file or Path("evidence.zip")
    manifest = bundle.write(
        _journal(),
        file,
        signing.own_key(user_folder()),
        title=bank.outline.title,
        practice=bank.practice.name,
        practice_hash=bank.practice_hash,
        made=utc_now(),
        learners=[options.learner] if options.learner else None,
    )
    print(f"Written to {file}: {_many(manifest.records, 'record')}. Keep this number somewhere else: {manifest.head}")
    return 0


@contextmanager
def _out(file: Path | None) -> Iterator[TextIO]:
    """A text file, written whole or not at all, or the screen where no file is named."""
    if file is None:
        yield sys.stdout
        return
    with writing(file) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        yield text
        text.detach()  # writes what is left
    print(f"Written to {file}")


# --- import ---

Batch = tuple[Sequence[Attempt], Sequence[Event], Sequence[Learner], dict[str, str]]
"""Attempts, events, profiles and wordings that come together."""


def _import(options: argparse.Namespace) -> int:
    """Take in what other journals and evidence files hold; twice is the same as once, and a conflict is named."""
    from course.evidence import roster

    journal, status = _journal(), 0
    known = roster.namesakes(journal.profiles().values())
    for file in options.files:
        try:
            status = max(status, _take(journal, file))
        except CourseError as error:  # the other files are taken in all the same
            print(f"{file}: {error}", file=sys.stderr)
            status = FAULT_FOUND
    for name, learners in roster.namesakes(journal.profiles().values()).items():
        if known.get(name) != learners:
            print(f"The name '{name}' belongs to several learners ({', '.join(learners)}), who are kept apart.")
    return status


def _take(journal: Journal, file: Path) -> int:
    """Takes in one file, and says what came of it. Raises EvidenceError and JournalError."""
    answers, events, conflicts = 0, 0, list[str]()
    clocks, last = set[str](), None
    for batch in _batches(file):
        forms.sittings(batch[1])  # what nobody here could read is not taken in
        taken = journal.absorb(*batch)
        answers, events = answers + taken.attempts, events + taken.events
        conflicts += taken.conflicts
        for attempt in batch[0]:
            if last and last.learner == attempt.learner and attempt.at < last.at:
                clocks.add(attempt.learner)
            last = attempt
    for record in conflicts:
        print(f"{file}: the record {record} says something else here. What is here stays as it is.", file=sys.stderr)
    print(f"{file}: {_many(answers, 'new answer')}, {_many(events, 'new event')}, {_many(len(conflicts), 'conflict')}.")
    if clocks:
        print(f"{file}: a clock ran backwards for {_many(len(clocks), 'learner')}. Their answers keep their order.")
    return FAULT_FOUND if conflicts else 0


def _batches(file: Path) -> Iterator[Batch]:
    """What a file holds, some of it at a time."""
    try:
        with file.open("rb") as stream:
            packed = stream.read(2) == b"PK"
    except OSError as error:
        raise EvidenceError(f"The file can't be read ({error.strerror}). Look for a typing mistake.") from None
    yield from _of_evidence(file) if packed else _of_journal(file)


def _of_evidence(file: Path) -> Iterator[Batch]:
    from course.evidence import bundle

    yield (), (), (), bundle.contents(file)
    records = bundle.read(file)
    while some := list(islice(records, AT_ONCE)):
        yield [r for r in some if isinstance(r, Attempt)], [r for r in some if isinstance(r, Event)], (), {}


def _of_journal(file: Path) -> Iterator[Batch]:
    with copied(file) as other:
        profiles = other.profiles()
        for _, _, events in other.everybody():  # every row is read before the first is taken in
            forms.sittings(events)
        yield (), (), (), other.contents()
        for learner in other.learners():
            named = [profiles[learner]] if learner in profiles else []
            yield other.attempts(learner), other.events(learner), named, {}


# --- attendance, verify, forget, backup ---


def _attended(options: argparse.Namespace) -> int:
    """Write down that people were in a session, by a list of them; twice is the same as once."""
    journal = _journal()
    people, matched = _matched(journal, options.file)
    on: date = options.on or datetime.now(UTC).date()
    here = {learner: person for person, learner in matched.found}
    new = {person.id: person for person in matched.missing if person.id not in matched.doubtful}
    events = [
        Event(ATTENDED, learner, f"{on}T00:00:00.000Z", {}, str(uuid5(NAMESPACE_URL, f"attended {learner} {on}")))
        for learner in (*here, *new)
    ]
    taken = journal.absorb((), events, [Learner(i, person.name, None, person.role) for i, person in new.items()])
    for sentence in (*people.faults, *matched.unclear):
        print(sentence, file=sys.stderr)
    print(f"{len(events)} of {len(people.people)} people are written down for {on}, {taken.events} of them now.")
    return FAULT_FOUND if people.faults or matched.unclear else 0


def _verify(options: argparse.Namespace) -> int:
    """Check a certificate, a badge or an evidence file, without a network, and say what its signature certifies."""
    from course.evidence import signing, verify

    trusted = signing.read_trusted(options.trust) if options.trust else None
    found = verify.verify(options.file, trusted, now=utc_now(), course=_title())
    for line in found.lines:
        print(line)
    for problem in found.problems:
        print(problem, file=sys.stderr)
    return FAULT_FOUND if found.problems else 0


def _title() -> str:
    """The title of the course here; empty where there is none to be read, as on the computer of whoever checks."""
    try:
        return Bank().outline.title
    except CourseError:
        return ""


def _forget(options: argparse.Namespace) -> int:
    """Erase a person's name, role and texts. Answers stay under the pseudonym, so that counts stay right."""
    journal = _journal()
    learner = journal.current_learner(_held(journal, options.learner))
    if not options.yes:
        named = f" ({learner.name})" if learner.name else ""
        print(f"This erases the name{named}, the role and every text of {learner.id}, for good.")
        print("Certificates, backups and exports made before are not reached by it.")
        if not _agreed():
            print("Nothing was erased.", file=sys.stderr)
            return FAULT_FOUND
    erased = journal.forget(learner.id)
    print(
        f"Erased: name, role and {_many(erased, 'text')}. What remains are answers and events under {learner.id}, which "
        "name nobody: they keep the practice's counts and its proof of training right. Certificates, backups and exports "
        "made before may still hold the name."
    )
    return 0


def _agreed() -> bool:
    try:
        return input("Type yes to go on: ").strip().lower() == "yes"
    except (EOFError, RuntimeError, UnicodeDecodeError):  # nobody there to ask, or nothing that can be read
        print()
        return False


def _backup(options: argparse.Namespace) -> int:
    """Copy the journal into a file, as one moment saw it, while it may be in use.

    To restore it, close the course, take away the journal and the files that have its name with -wal and -shm behind
    it, and put the copy in its place.
    """
    _journal().backup(options.file)
    print(
        f"Copied to {options.file}. To restore it, close the course, take away the journal with its -wal and -shm files, "
        "and put the copy in its place."
    )
    return 0


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{file} can't be read ({error.strerror}). Look for a typing mistake.") from None

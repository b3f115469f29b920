"""The calls of the ``course`` command that show, sign, export, merge and erase records."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from course import __version__
from course.bank import Bank
from course.cli.files import day, write
from course.errors import EvidenceError, Fault
from course.journal import Journal, journal_url, user_folder, utc_now
from course.model import Attempt, Event, Learner
from course.tally import ATTENDED

if TYPE_CHECKING:
    from course.evidence.report import Report

FAULT_FOUND = 1


def add(calls: Any) -> None:
    """Adds the parsers of these calls."""
    report = calls.add_parser("report", help="who is done, acknowledged and passed", description=_report.__doc__)
    report.add_argument("file", type=Path, nargs="?", metavar="FILE.html", help="the page to write (report.html)")
    report.add_argument("--csv", type=Path, metavar="FILE", help="the people as a table, too")
    report.add_argument("--lms", type=Path, metavar="FILE", help="the completions, for a learning system to import")
    report.add_argument("--roster", type=Path, metavar="FILE", help="the people: id,name,role,joined,left,due")
    report.add_argument("--pseudonyms", action="store_true", help="leave names out")
    report.add_argument("--as-of", type=day, metavar="DATE", help="hold due days against this day (today)")
    report.set_defaults(run=_report)

    certificate = calls.add_parser("certificate", help="a certificate, signed", description=_certificate.__doc__)
    certificate.add_argument("--learner", metavar="ID", help="a learner's id; without it, whoever sits here")
    certificate.add_argument("--folder", type=Path, default=Path(), metavar="DIR", help="where to (here)")
    certificate.add_argument("--paper", choices=["a4", "us-letter"], default="us-letter", help="the size of the sheet")
    certificate.set_defaults(run=_certificate)

    export = calls.add_parser("export", help="records as CSV, xAPI or evidence", description=_export.__doc__)
    export.add_argument("form", choices=["csv", "xapi", "evidence"])
    export.add_argument("file", type=Path, nargs="?", metavar="FILE", help="where to; without it, to the screen")
    export.add_argument("--learner", metavar="ID", help="one learner alone; as CSV, everything held about them")
    export.add_argument("--to", metavar="URL", help="send xAPI to this LRS (COURSE_LRS_USER, COURSE_LRS_PASSWORD)")
    export.add_argument("--names", action="store_true", help="with names beside the pseudonyms (xAPI)")
    export.set_defaults(run=_export)

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
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.set_defaults(run=_backup)


def _journal() -> Journal:
    return Journal(journal_url())


def _counting(what: str) -> Callable[[int], None]:
    """Says how far a long piece of work is, where somebody watches."""

    def seen(count: int) -> None:
        if sys.stderr.isatty() and count % 100 == 0:
            print(f"\r{count:,} {what} ...", end="", file=sys.stderr, flush=True)

    return seen


# --- report ---


def _report(options: argparse.Namespace) -> int:
    """Write the report: one page with pictures and words, and the people as a table and for a learning system."""
    from course.evidence import pages, report, roster

    bank, journal = Bank(), _journal()
    profiles, matched = journal.profiles(), None
    faults: tuple[Fault, ...] = ()
    if options.roster:
        people = roster.read(_bytes(options.roster), options.roster.name)
        faults = people.faults
        known = {learner: profiles.get(learner, Learner(learner)) for learner in journal.learners()}
        matched = roster.match(people, known)
    today = options.as_of or datetime.now(UTC).date()
    seen = _counting("learners")
    whole = report.report(bank, journal.everybody(), profiles, today, __version__, matched, seen)
    if options.pseudonyms:
        whole = report.pseudonymous(whole)
    written = options.file or Path("report.html")
    write(written, pages.page(whole).encode())
    if options.csv:
        write(options.csv, _people(whole).encode("utf-8-sig"))
    if options.lms:
        write(options.lms, _completions(whole).encode())
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"Written to {written}: {len(whole.rows)} people, {whole.answers:,} answers.")
    return FAULT_FOUND if faults else 0


def _people(whole: Report) -> str:
    """The people as CSV, for a spreadsheet."""
    return _table(whole.rows[0].__struct_fields__ if whole.rows else ["id"], map(msgspec.structs.astuple, whole.rows))


def _completions(whole: Report) -> str:
    """What learning systems import: who completed which course, when, and how it stands."""
    head = ["username", "fullname", "course", "version", "completed", "status", "passed"]
    rows = (
        (r.id, r.name, whole.title, whole.version, r.finished, "completed" if r.finished else "incomplete", r.passed)
        for r in whole.rows
    )
    return _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(head)
    table.writerows([_harmless(field) for field in row] for row in rows)
    return out.getvalue()


def _harmless(field: Any) -> Any:
    """A field that no spreadsheet takes for a formula."""
    return f"'{field}" if isinstance(field, str) and field[:1] in ("=", "+", "-", "@", "\t", "\r") else field


# --- certificate ---


def _certificate(options: argparse.Namespace) -> int:
    """Write the certificate of whoever passed the final check: a page, a PDF, a badge and a reminder, signed."""
    from course import paper
    from course.evidence import certificate, issue, signing

    bank, journal = Bank(), _journal()
    who = options.learner or os.environ.get("COURSE_LEARNER") or journal.last_seated()
    if who is None:
        raise EvidenceError("Nobody has opened the course here yet. Open it with 'course start'.")
    learner = journal.current_learner(who)
    attempts, events = journal.attempts(learner.id), journal.events(learner.id)
    facts = issue.facts(bank, learner, attempts, events, __version__, utc_now())
    token = certificate.badge(facts, signing.own_key(user_folder()))
    folder: Path = options.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EvidenceError(f"{folder} can't be made ({error.strerror}). Name another folder.") from None
    made = {
        "certificate.html": certificate.html(facts, token).encode(),
        "certificate.pdf": paper.certificate(certificate.values(facts, token), options.paper),
        "badge.jwt": token.encode(),
        "renew.ics": certificate.ics(facts).encode(),
    }
    for name, content in made.items():
        write(folder / name, content)
    journal.record("certificate", learner.id, {"token": _sha256(token), "until": facts.valid_until})
    print(f"Written to {folder.absolute()}: {', '.join(made)}. Valid until {facts.valid_until[:10]}.")
    return 0


def _sha256(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


# --- export ---


def _export(options: argparse.Namespace) -> int:
    """Write records: a table, statements for a learning record store, or one signed file with all of it."""
    journal = _journal()
    if options.to and options.form != "xapi":
        raise EvidenceError("--to sends xAPI statements. Write: course export xapi --to URL.")
    if options.form == "evidence":
        return _export_evidence(journal, options)
    if options.form == "xapi":
        return _export_xapi(journal, options)
    rows = _everything(journal, options.learner) if options.learner else _attempts(journal)
    with _out(options.file) as out:
        table = csv.writer(out)
        table.writerows([_harmless(field) for field in row] for row in rows)
    return 0


def _attempts(journal: Journal) -> Iterator[Sequence[Any]]:
    """Every attempt as a row, without names and free text."""
    fields = [field for field in Attempt.__struct_fields__ if field != "text"]
    yield fields
    for _, attempts, _ in journal.everybody():
        for attempt in attempts:
            yield [_plain(getattr(attempt, field)) for field in fields]


def _everything(journal: Journal, learner: str) -> Iterator[Sequence[Any]]:
    """Everything held about one person: profile, attempts with their texts, events. A row names what it is."""
    attempts, events = journal.attempts(learner), journal.events(learner)
    profile = journal.profiles().get(learner)
    if not attempts and not events and profile is None:
        raise EvidenceError(f"The journal holds nothing about '{learner}'. Look for a typing mistake in the id.")
    yield ["what", "at", "field", "value"]
    for field in ("id", "name", "profession", "role") if profile else ():
        yield ["profile", "", field, getattr(profile, field) or ""]
    for attempt in attempts:
        for field in Attempt.__struct_fields__:
            value = getattr(attempt, field)
            if value not in (None, ""):
                yield [f"attempt {attempt.attempt}", attempt.at, field, _plain(value)]
    for event in events:
        yield [f"event {event.id}", event.at, event.kind, _plain(dict(event.detail))]


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _export_xapi(journal: Journal, options: argparse.Namespace) -> int:
    from course.evidence import lrs, xapi

    course, profiles = xapi.course_of(Bank()), journal.profiles()

    def everything() -> Iterator[dict[str, Any]]:
        for learner_id, attempts, events in journal.everybody():
            if options.learner in (None, learner_id):
                learner = profiles.get(learner_id, Learner(learner_id))
                yield from xapi.statements(learner, attempts, events, course, options.names)

    if not options.to:
        with _out(options.file) as out:
            for statement in everything():
                out.write(json.dumps(statement, ensure_ascii=False) + "\n")
        return 0
    user, password = os.environ.get("COURSE_LRS_USER", ""), os.environ.get("COURSE_LRS_PASSWORD", "")
    seen = _counting("statements")
    pushed = lrs.push(
        everything(),
        options.to,
        user=user,
        password=password,
        progress=lambda so_far: seen(so_far.sent),
        state=user_folder() / "sent",
    )
    print(f"Sent {pushed.sent:,} statements; {pushed.already:,} were there already.")
    return 0


def _export_evidence(journal: Journal, options: argparse.Namespace) -> int:
    from course.evidence import bundle, signing

    bank = Bank()
    file = options.file or Path("evidence.zip")
    manifest = bundle.write(
        journal,
        file,
        signing.own_key(user_folder()),
        title=bank.outline.title,
        practice=bank.practice.name,
        practice_hash=bank.practice_hash,
        made=utc_now(),
        learners=[options.learner] if options.learner else None,
    )
    print(f"Written to {file}: {manifest.records:,} records. Keep this beside it, elsewhere: {manifest.head}")
    return 0


class _out:
    """A text file, written whole or not at all, or the screen where no file is named."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._part = file.with_name(f".{file.name}.part") if file else None

    def __enter__(self) -> Any:
        if self._part is None:
            return sys.stdout
        try:
            self._stream = self._part.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise EvidenceError(f"{self._file} can't be written ({error.strerror}). Name another place.") from None
        return self._stream

    def __exit__(self, kind: object, *_: object) -> None:
        if self._part is None or self._file is None:
            return
        self._stream.close()
        if kind is None:
            self._part.replace(self._file)
            print(f"Written to {self._file}", file=sys.stderr)
        else:
            self._part.unlink(missing_ok=True)


# --- import, attendance, verify, forget, backup ---


def _import(options: argparse.Namespace) -> int:
    """Take in what other journals and evidence files hold; twice is the same as once, and a conflict is named."""
    journal, status = _journal(), 0
    for file in options.files:
        added = conflicts = 0
        for taken in _absorbed(journal, file):
            added += taken.attempts
            for conflict in taken.conflicts:
                conflicts += 1
                print(f"{file}: attempt {conflict} says something else here. Nothing of it was taken.", file=sys.stderr)
        print(f"{file}: {added:,} new answers" + (f", {conflicts} in conflict" if conflicts else "") + ".")
        status = FAULT_FOUND if conflicts else status
    return status


def _absorbed(journal: Journal, file: Path) -> Iterator[Any]:
    from course.evidence import bundle

    if not file.is_file():
        raise EvidenceError(f"{file} is not there. Look for a typing mistake.")
    if file.read_bytes()[:2] == b"PK":
        contents = bundle.contents(file)
        records = list(bundle.read(file))
        attempts = [r for r in records if isinstance(r, Attempt)]
        events = [r for r in records if isinstance(r, Event)]
        yield journal.absorb(attempts, events, (), contents)
        return
    other = Journal(f"sqlite:///{file.absolute()}")
    try:
        profiles, texts, contents = other.profiles(), dict(other.texts()), other.contents()
        for learner, attempts, events in other.everybody():
            whole = [msgspec.structs.replace(a, text=texts.get(a.attempt)) for a in attempts]
            done = [event for event in events if event.kind != "seat"]
            yield journal.absorb(whole, done, [profiles[learner]] if learner in profiles else [], contents)
    finally:
        other.close()


def _attended(options: argparse.Namespace) -> int:
    """Write down that people were in a session, by a list of them; twice is the same as once."""
    from course.evidence import roster

    journal, people = _journal(), roster.read(_bytes(options.file), options.file.name)
    known = {learner: journal.profiles().get(learner, Learner(learner)) for learner in journal.learners()}
    matched = roster.match(people, known)
    on: date = options.on or datetime.now(UTC).date()
    at = f"{on.isoformat()}T00:00:00.000Z"
    here = [(person, learner) for person, learner in matched.found]
    here += [(person, person.id) for person in matched.missing if not any(person.name in s for s in matched.unclear)]
    events = [Event(ATTENDED, i, at, {}, str(uuid5(NAMESPACE_URL, f"attended {i} {on}"))) for _, i in here]
    new = [Learner(i, person.name, None, person.role) for person, i in here if i not in known]
    taken = journal.absorb((), events, new)
    for sentence in (*people.faults, *matched.unclear):
        print(sentence, file=sys.stderr)
    print(f"{taken.events} of {len(people.people)} people written down for {on}.")
    return FAULT_FOUND if people.faults or matched.unclear else 0


def _verify(options: argparse.Namespace) -> int:
    """Check a certificate, a badge or an evidence file, without a network, and say what its signature certifies."""
    from course.evidence import signing, verify

    trusted = signing.read_trusted(options.trust) if options.trust else None
    found = verify.verify(options.file, trusted, now=utc_now())
    for line in found.lines:
        print(line)
    for problem in found.problems:
        print(problem, file=sys.stderr)
    return FAULT_FOUND if found.problems else 0


def _forget(options: argparse.Namespace) -> int:
    """Erase a person's name, role and texts. Answers stay under the pseudonym, so that counts stay right."""
    journal = _journal()
    if options.learner not in journal.learners() and options.learner not in journal.profiles():
        raise EvidenceError(
            f"The journal holds nothing about '{options.learner}'. Look for a typing mistake in the id."
        )
    name = journal.current_learner(options.learner).name
    if not options.yes:
        print(
            f"This erases the name{f' ({name})' if name else ''}, the role and every text of {options.learner}, for good."
        )
        print("Certificates, backups and exports made before are not reached by it.")
        if input("Type yes to go on: ").strip().lower() != "yes":
            print("Nothing was erased.")
            return FAULT_FOUND
    erased = journal.forget(options.learner)
    print(
        f"Erased: name, role and {erased} {'text' if erased == 1 else 'texts'}. What remains are answers and events under "
        f"{options.learner}, which name nobody: they keep the practice's counts and its proof of training right."
    )
    return 0


def _backup(options: argparse.Namespace) -> int:
    """Copy the journal into a file, as one moment saw it, while it may be in use."""
    _journal().backup(options.file)
    print(f"Copied to {options.file}. To restore it, close the course and put it in the journal's place.")
    return 0


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{file} can't be read ({error.strerror}). Look for a typing mistake.") from None

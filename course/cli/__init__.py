"""The ``course`` command. Each call says in one sentence what went wrong, never in a traceback."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from course import __version__, forms
from course.bank import Bank, data_folder, notebooks_folder, open_text
from course.cli import evidence
from course.cli.files import day, new_file, write
from course.coach import CRITERIA
from course.errors import ContentError, CourseError, StartError
from course.examiner import LocalExaminer, progress_of
from course.journal import Journal, journal_url, user_folder
from course.model import FACILITATOR, Learner, Situation
from course.tally import Progress, in_minutes

if TYPE_CHECKING:
    from course.checks import Report

FAULT_FOUND, WRONG_CALL = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one call and gives its exit status: 0, 1 for a fault found, 2 for a wrong call."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # where the screen lacks a letter, its number is shown
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()  # here, where its error can still be caught
    except BrokenPipeError:  # the reader of a pipe has gone: nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except ContentError as error:
        print(error, file=sys.stderr)
        print("The course was not opened. Mend the lines above and try again.", file=sys.stderr)
        return FAULT_FOUND
    except CourseError as error:
        print(error, file=sys.stderr)
        return FAULT_FOUND
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="course", description="Open the course, check it, see how far somebody is.")
    parser.add_argument("--version", action="version", version=__version__)
    calls = parser.add_subparsers(required=True, metavar="CALL")

    start = calls.add_parser("start", help="open the course in JupyterLab", description=_start.__doc__)
    start.add_argument("--practice", type=Path, metavar="FILE", help="your practice's own practice.yml")
    start.add_argument("--journal", metavar="URL", help="where answers are kept: an SQLite or PostgreSQL URL")
    start.add_argument("--port", type=_port, metavar="N", help="the port to use on this computer")
    start.add_argument("--no-browser", action="store_true", help="print the address only")
    start.add_argument("--author", action="store_true", help="show lessons as plain notebooks, with their code")
    start.set_defaults(run=_start)

    check = calls.add_parser("check", help="check questions, lessons and practice", description=_check.__doc__)
    check.add_argument("--json", action="store_true", help="as JSON, with what covers each claim and scenario")
    check.add_argument("--as-of", type=day, metavar="DATE", help="hold the sources' review days against this day")
    check.set_defaults(run=_check)

    status = calls.add_parser("status", help="how far a learner is", description=_status.__doc__)
    status.add_argument("--learner", metavar="ID", help="a learner's id; without it, whoever sits here")
    status.add_argument("--group", action="store_true", help="everybody in the journal, in sums alone")
    status.add_argument("--json", action="store_true", help="as JSON")
    status.set_defaults(run=_status)

    story = calls.add_parser("story", help="prove and draw one story", description=_story.__doc__)
    story.add_argument("file", type=Path, metavar="FILE", help="a story, such as data/stories/lake-photo.yml")
    story.add_argument("--map", type=new_file, metavar="OUT.svg", help="write the story's map there")
    story.set_defaults(run=_story)

    coach = calls.add_parser("coach", help="judge messages, one a line", description=_coach.__doc__)
    coach.add_argument("task", choices=list(CRITERIA), help="what the messages are to do")
    coach.set_defaults(run=_coach)

    handout = calls.add_parser("handout", help="print what leads a session", description=_handout.__doc__)
    handout.add_argument("file", type=new_file, metavar="FILE", help="the PDF to write")
    what = handout.add_mutually_exclusive_group()
    what.add_argument("--phrases", action="store_true", help="print the phrase book instead")
    what.add_argument("--from", dest="text", type=Path, metavar="FILE.md", help="print this Markdown file instead")
    handout.add_argument("--paper", choices=["a4", "us-letter"], default="us-letter", help="the size of the sheets")
    handout.set_defaults(run=_handout)
    evidence.add(calls)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"'{text}' is no port. Write a number from 1 to 65535, such as 8888.")
    return int(text)


def _start(options: argparse.Namespace) -> int:
    """Open the course: fresh copies of the lessons, then JupyterLab on the start page."""
    if options.practice:
        os.environ["COURSE_PRACTICE"] = str(options.practice)
    if options.journal:
        os.environ["COURSE_JOURNAL"] = options.journal
    from course.reader import lessons, server  # JupyterLab's half second is for this call alone

    faults = _checked(craft=False).faults
    if faults:
        raise ContentError(faults)
    # Opened now, so that it is said here, and not in mid-lesson, where answers can't be kept.
    # Kernels run in the lessons' folder: every place is handed to them in full.
    os.environ["COURSE_JOURNAL"] = Journal(journal_url()).address
    os.environ["COURSE_DATA"] = str(data_folder().absolute())
    if own := _own_practice():
        os.environ["COURSE_PRACTICE"] = str(own.absolute())
    target = user_folder() / "lessons"
    address = server.running(target)
    if address:
        print(f"The course is open already, at\n\n    {address}\n")
        if not options.no_browser:
            server.show(address)
        return 0
    manifest = lessons.lay_down(Bank(), target)
    server.serve(target, manifest, port=options.port, browser=not options.no_browser, author=options.author)


def _checked(as_of: date | None = None, craft: bool = True) -> Report:
    """What the author's checker says of the course in use."""
    from course.checks import check  # its schema validator is for the calls that check

    return check(data_folder(), notebooks_folder(data_folder()), _own_practice(), as_of, craft)


def _own_practice() -> Path | None:
    own = os.environ.get("COURSE_PRACTICE")
    return Path(own) if own else None


def _check(options: argparse.Namespace) -> int:
    """Check every authored file; name each fault and each warning with its file, its line and what to do.

    Warnings don't stop the course; faults do.
    """
    report = _checked(options.as_of)
    if options.json:
        found = {"faults": report.faults, "warnings": report.warnings, "activities": report.activities}
        print(json.dumps({**msgspec.to_builtins(found), **report.counts}, indent=2, ensure_ascii=False))
        return FAULT_FOUND if report.faults else 0
    for warning in report.warnings:
        print(f"{warning} (warning)")
    for fault in report.faults:
        print(fault)
    count = len(report.faults)
    print(
        f"{count} {'fault' if count == 1 else 'faults'} and {len(report.warnings)} "
        f"{'warning' if len(report.warnings) == 1 else 'warnings'} in {report.activities} activities."
    )
    return FAULT_FOUND if report.faults else 0


def _status(options: argparse.Namespace) -> int:
    """Show how far a learner is, lesson by lesson."""
    journal = Journal(journal_url())
    if options.group:
        return _group(journal, options.json)
    who = options.learner or os.environ.get("COURSE_LEARNER") or journal.last_seated()
    if who is None:
        print("Nobody has opened the course here yet. Open it with 'course start'.")
        return 0
    learner = journal.current_learner(who)
    progress = LocalExaminer(Bank(), journal, learner).progress()
    if options.json:
        print(json.dumps({"learner": learner.id, **msgspec.to_builtins(progress)}, indent=2))
    else:
        print(_in_words(learner.name or learner.id, progress))
    return 0


def _group(journal: Journal, as_json: bool) -> int:
    """What a group has done and learned; never a word about one person."""
    bank, profiles, pairs = Bank(), journal.profiles(), []
    counts = dict.fromkeys(("learners", "attended", "passed", "acknowledged"), 0)
    for learner, attempts, events in journal.everybody():
        progress = progress_of(bank, profiles.get(learner, Learner(learner)), attempts, events)
        counts["learners"] += 1
        counts["attended"] += bool(progress.attended)
        counts["passed"] += bool(progress.passed)
        counts["acknowledged"] += progress.acknowledged
        pairs.append(forms.before_and_after(forms.sittings(events), attempts))
    gain = forms.gain([pair for pair in pairs if pair])
    if as_json:
        print(json.dumps({**counts, "gain": msgspec.to_builtins(gain)}, indent=2))
        return 0
    print(
        f"{counts['learners']} learners: {counts['attended']} attended a session, {counts['passed']} passed the final check,"
    )
    print(f"{counts['acknowledged']} confirmed the practice's policy.")
    if gain is None:
        print(f"What was learned is said of {forms.SMALLEST_GROUP} or more who took both checks, and not of fewer.")
    else:
        print(
            f"The {gain.learners} who took both checks had {gain.before:.0%} of the points before and {gain.after:.0%} "
            f"after: {100 * gain.gain:+.0f} points in a hundred (95 % interval {100 * gain.low:+.0f} to {100 * gain.high:+.0f})."
        )
    return 0


def _story(options: argparse.Namespace) -> int:
    """Prove one story in every state it can be in, say how long it is, and draw its map."""
    from course import plot, storymap
    from course.checks import read_story

    told, place = read_story(options.file)
    proof = plot.prove(told)
    for flaw in proof.flaws:
        print(place.fault(flaw.say, *flaw.where), file=sys.stderr)
    if options.map:
        write(options.map, storymap.picture(told).encode())
    endings = sum(bool(scene.ending) for scene in told.scenes.values())
    print(f"{told.title}: {len(told.scenes)} scenes, {endings} of them endings, {proof.states} states.")
    if not proof.flaws:
        print(f"{proof.paths} distinct ways through, of {proof.shortest} to {proof.longest} choices.")
    return FAULT_FOUND if proof.flaws else 0


def _coach(options: argparse.Namespace) -> int:
    """Say what messages do: from each line of the input, {"id": ..., "text": ..., "prompt": ...}, a line with labels.

    A line that is none of that is said and passed over; the others are judged.
    """
    from course import coach  # its network brings numpy along

    status = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            message = msgspec.json.decode(line, type=_Message)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            print(f"line {number}: {error}. Write one message as JSON: id, text and, if any, prompt.", file=sys.stderr)
            status = FAULT_FOUND
            continue
        found = coach.findings(options.task, message.text, message.prompt or "")
        said = {"id": message.id, "labels": {name: finding.met for name, finding in found.items()}}
        print(json.dumps(said), flush=True)
    return status


class _Message(msgspec.Struct):
    """One line for the coach."""

    text: str
    id: Any = None
    prompt: str | None = None


def _handout(options: argparse.Namespace) -> int:
    """Write the material for whoever leads a session, or another text, as a PDF that screen readers can read."""
    from course import paper  # its typesetter is for the calls that print

    bank = Bank()
    if options.text:
        text, title = open_text(options.text), options.text.stem
    elif options.phrases:
        text, title = _phrase_pages(bank.phrases(None)), f"{bank.outline.title}: phrase book"
    else:
        text, title = bank.weave(bank.prose(FACILITATOR)), f"{bank.outline.title}: leading a session"
    if not text:
        raise StartError(
            f"There is no notebook {FACILITATOR}.ipynb with text in it. Get it from where the course came from."
        )
    write(options.file, paper.document(text, title, options.paper))
    print(f"Written to {options.file}")
    return 0


def _phrase_pages(situations: Sequence[Situation]) -> str:
    """The phrase book as Markdown."""
    parts = ["# Phrase book"]
    for heading, task in (("A kind no", "decline"), ("In public", "public-reply")):
        parts.append(f"## {heading}")
        for situation in situations:
            if situation.task == task:
                wordings = "\n".join(f"- {w.text}" + (f" *{w.note}*" if w.note else "") for w in situation.wordings)
                parts += [f"### {situation.title}", situation.when, wordings]
    return "\n\n".join(parts)


def _in_words(who: str, progress: Progress) -> str:
    width = max(len(lesson.title) for lesson in progress.lessons)
    lines = [f"{who}: {progress.done} of {progress.total} answered, about {in_minutes(progress.minutes_left)} left"]
    for lesson in progress.lessons:
        mark = "done" if lesson.over else f"{lesson.minutes_left} min left"
        mark += "" if lesson.required else ", not required"
        lines.append(f"  {lesson.title:<{width}}  {lesson.done:>2} of {lesson.total:<2}  {mark}")
    passed = f"passed on {progress.passed[:10]}, counts until {progress.valid_until[:10]}" if progress.passed else ""
    lapsed = f"passed on {progress.lapsed[:10]}, which counts no longer: take it again" if progress.lapsed else ""
    lines.append(f"  Final check: {passed or lapsed or 'not passed yet'}")
    lines.append(f"  The practice's policy: {'confirmed' if progress.acknowledged else 'not confirmed yet'}")
    if progress.attended:
        lines.append(f"  Attended a session on {progress.attended[:10]}")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())

"""The report as one HTML page: self-contained, to be read on a screen, aloud, and on paper. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from course.evidence.items import FOR_DISCRIMINATION, FOR_FACILITY, SMALLEST, Interval, Item
from course.evidence.report import Group, Question, Report, Row
from course.forms import SMALLEST_GROUP, Gain

STYLE = """
:root { color-scheme: light; font: 16px/1.5 system-ui, sans-serif; color: #1d2327; background: #fff; }
body { max-width: 68rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2.4rem 0 .6rem; border-top: 1px solid #c9ced4; padding-top: 1.2rem; }
p { max-width: 46rem; }
.quiet { color: #51585f; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; list-style: none; }
.figures li { min-width: 9rem; padding: .8rem 1rem; border: 1px solid #c9ced4; border-radius: 10px; }
.figures strong { display: block; font-size: 1.7rem; line-height: 1.2; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid #dde1e5; }
.day, .state { white-space: nowrap; }
.state { font-weight: 650; }
.overdue { color: #a1122c; }
.done { color: #17663a; }
svg { display: block; max-width: 100%; }
@media print {
  :root { font-size: 12px; }
  body { margin: 0; max-width: none; }
  h2, h3 { break-after: avoid; }
  tr, svg, .figures { break-inside: avoid; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  * { print-color-adjust: exact; }
}
"""

SIGNS = {"done": "✓ ", "overdue": "! "}
TOO_FEW = "too few to say"


def page(report: Report) -> str:
    """The whole page. Text from people and files is escaped."""
    title = f"Training report: {escape(report.practice)}"
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="quiet">{escape(report.title)}, version {escape(report.version)}. As of {report.as_of}. '
        f"The practice's own policy in force: {escape(report.policy)}.</p>",
        _figures(report.rows),
        "<p>This report shows what the journal holds. Records marked <em>self-attested</em> were made on computers that "
        "the learners control: they show what was done there, and can't prove who sat before it. What people answered in "
        "lessons, how sure they said they were and what they wrote for themselves is their own, and is not in here.</p>",
        "<h2>People</h2>",
        _people(report.rows),
        _unclear(report.unclear),
        "<h2>Groups</h2>",
        _groups(report.groups),
        "<h2>What was learned</h2>",
        _gain(report.gain),
        "<h2>The questions</h2>",
        _questions(report.questions),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body><main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main></body></html>\n"
    )


# --- people ------------------------------------------------------------------------------------


def _figures(rows: Sequence[Row]) -> str:
    """The whole in four numbers, and the overdue ones of those whom the roster names. Whoever left is not counted."""
    here = [row for row in rows if row.state != "left"]
    listed = sum(bool(row.state) for row in here)
    figures = [
        (len(here), "people"),
        (sum(bool(row.finished) for row in here), "finished their path"),
        (sum(bool(row.passed) for row in here), "passed the final check"),
        (sum(bool(row.acknowledged) for row in here), "confirmed the policy in force"),
    ]
    if listed:
        figures.append((sum(row.state == "overdue" for row in here), f"overdue, of {listed:,} on the roster"))
    shown = "".join(f"<li><strong>{number:,}</strong> {words}</li>" for number, words in figures)
    return f'<ul class="figures">{shown}</ul>'


def _people(rows: Sequence[Row]) -> str:
    if not rows:
        return "<p>Nobody has begun yet.</p>"
    listed = any(row.state for row in rows)
    heads = ["Name", "Role", "Path", "Finished", "Final check passed", "Policy confirmed", "Session attended"]
    heads += ["Due", "State"] if listed else []
    about = "Days are year-month-day, in world time (UTC). An empty field: not yet."
    bearers = Counter(row.name for row in rows)
    lines = (_person(row, listed, bearers[row.name] > 1) for row in rows)
    return _table("People", about, [*heads, "Record"], lines)


def _person(row: Row, listed: bool, named_alike: bool) -> str:
    """One line; those of the same name are told apart by their ids."""
    name = escape(row.name or row.id or "Somebody on the roster")
    name += _quietly(row.id) if row.name and named_alike else ""
    read = f"{_day(row.acknowledged)} (version {escape(row.version)})" if row.acknowledged else ""
    if row.version and not read:
        read = f"not yet; version {escape(row.version)} was"
    passed = f"lapsed; was {_day(row.lapsed)}" if row.lapsed else _day(row.passed)
    cells = [escape(row.role), f"{row.done} of {row.total}", _day(row.finished), passed, read]
    cells += [_day(row.attended), *([_day(row.due), _state(row.state)] if listed else [])]
    cells.append(escape(row.assurance) if row.learner else "not in the journal")
    return _line(name, cells)


def _day(day: str) -> str:
    return f'<span class="day">{escape(day)}</span>' if day else ""


def _state(state: str) -> str:
    return f'<span class="state {escape(state.replace(" ", "-"))}">{SIGNS.get(state, "")}{escape(state)}</span>'


def _unclear(unclear: Sequence[str]) -> str:
    if not unclear:
        return ""
    listed = "".join(f"<li>{escape(sentence)}</li>" for sentence in unclear)
    return f"<h3>To be cleared up</h3><p>Until then these people count as not in the journal.</p><ul>{listed}</ul>"


# --- groups ------------------------------------------------------------------------------------


def _groups(groups: Sequence[Group]) -> str:
    if not groups:
        return f"<p>There is no group of {SMALLEST} or more yet.</p>"
    about = f"Groups of {SMALLEST} or more, without whoever left. Smaller ones stand together or are not shown."
    heads = ["Group", "Finished", "Final check passed", "Policy confirmed", "Session attended"]
    return _table("Groups", about, heads, map(_group, groups))


def _group(group: Group) -> str:
    counts = (group.finished, group.passed, group.acknowledged, group.attended)
    return _line(escape(group.name), [_share(count, group.people) for count in counts])


def _share(count: int, of: int) -> str:
    return f"{count:,} of {of:,}{_bar(count / of, 100)}"


def _bar(share: float, width: int) -> str:
    """A picture of a share; the figures stand before it."""
    return (
        f'<svg width="{width}" height="8" aria-hidden="true"><rect width="{width}" height="8" fill="#dde1e5"/>'
        f'<rect width="{width * share:.0f}" height="8" fill="#0b5394"/></svg>'
    )


def _gain(gain: Gain | None) -> str:
    if gain is None:
        return (
            f"<p>Too few to say: what was learned is given for {SMALLEST_GROUP} people or more who took both checks, "
            "because the checks are too short to say anything of one person.</p>"
        )
    words = (
        f"The {gain.learners:,} people who took both checks had {gain.before:.0%} of the points before the lessons and "
        f"{gain.after:.0%} after them, on two forms of the same difficulty: {100 * gain.gain:+.0f} points in a hundred "
        f"(95 % interval {100 * gain.low:+.0f} to {100 * gain.high:+.0f})."
    )
    bars = f"Before: {gain.before:.0%}{_bar(gain.before, 400)}After: {gain.after:.0%}{_bar(gain.after, 400)}"
    return f"<p>{words}</p><p>{bars}</p>"


# --- questions ---------------------------------------------------------------------------------


def _questions(questions: Sequence[Question]) -> str:
    if not questions:
        return f"<p>Too few to say: a question is looked at from {SMALLEST} people on.</p>"
    about = (
        f"First answers only, hardest first. Facility is the mean share of the points, from {FOR_FACILITY} people on. "
        "Discrimination says how well a question tells strong from weak learners, from -1 to 1, from "
        f"{FOR_DISCRIMINATION} on. In brackets: 95 % intervals. Options go by their letters in the order of the course's "
        "own files."
    )
    heads = ["Question", "People", "Facility", "Discrimination", "Options nobody chose"]
    return _table("Questions", about, heads, map(_question, questions))


def _question(question: Question) -> str:
    item = question.item
    facility = _interval(item.facility, "{:.0%}") + _picture(item.facility)
    discrimination = _interval(item.discrimination, "{:.2f}")
    if item.discrimination is None and item.learners >= FOR_DISCRIMINATION:
        discrimination = "too few, or too much alike, to say"
    cells = [f"{item.learners:,}", facility, discrimination, _unchosen(item)]
    which = f"{item.activity}, in an earlier wording" if question.earlier else item.activity
    return _line(escape(question.title) + _quietly(which), cells)


def _unchosen(item: Item) -> str:
    if item.facility is None:
        return TOO_FEW
    return "not looked at" if item.unchosen is None else ", ".join(item.unchosen) or "none"


def _interval(value: Interval | None, form: str) -> str:
    if value is None:
        return TOO_FEW
    return f"{form.format(value.value)} [{form.format(value.low)} to {form.format(value.high)}]"


def _picture(value: Interval | None) -> str:
    """The interval as a line with a dot; the figures stand before it."""
    if value is None:
        return ""
    low, middle, high = (118 * number + 1 for number in (value.low, value.value, value.high))
    return (
        '<svg width="120" height="14" aria-hidden="true"><rect y="6" width="120" height="2" fill="#dde1e5"/>'
        f'<rect x="{low:.0f}" y="5" width="{max(1, high - low):.0f}" height="4" fill="#6b747d"/>'
        f'<circle cx="{middle:.0f}" cy="7" r="5" fill="#0b5394"/></svg>'
    )


# --- tables ------------------------------------------------------------------------------------


def _table(name: str, about: str, heads: Iterable[str], lines: Iterable[str]) -> str:
    """A table that scrolls on a narrow screen, by the keyboard, too; what is said about it does not."""
    shown = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<p class="quiet">{about}</p><div class="wide" tabindex="0" role="region" aria-label="{name}"><table>'
        f"<thead><tr>{shown}</tr></thead><tbody>{chr(10).join(lines)}</tbody></table></div>"
    )


def _quietly(text: str) -> str:
    return f' <span class="quiet">{escape(text)}</span>'


def _line(name: str, cells: Iterable[str]) -> str:
    shown = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{name}</th>{shown}</tr>'

"""The report as one HTML page: self-contained, to be read on a screen, aloud, and on paper. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape

from course.evidence.items import FOR_DISCRIMINATION, FOR_FACILITY, Interval, Item
from course.evidence.report import SMALLEST, Group, Report, Row
from course.evidence.roster import Person, due_state
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
caption { text-align: left; color: #51585f; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid #dde1e5; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.state { font-weight: 650; white-space: nowrap; }
.overdue { color: #a1122c; }
.done { color: #17663a; }
svg { display: block; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } .wide { overflow: visible; } thead { display: table-header-group; } }
"""

SIGNS = {"done": "✓ ", "overdue": "! "}


def page(report: Report) -> str:
    """The whole page. Text from people and files is escaped."""
    parts = [
        f"<h1>Training report: {escape(report.practice)}</h1>",
        f'<p class="quiet">{escape(report.title)}, version {escape(report.version)}. As of {report.as_of}. '
        f"The practice's own policy in force: {escape(report.policy)}.</p>",
        _figures(report),
        _what_it_shows(),
        "<h2>People</h2>",
        _people(report),
        "<h2>Groups</h2>",
        _groups(report.groups, report.small),
        "<h2>What was learned</h2>",
        _gain(report.gain),
        "<h2>The questions</h2>",
        _items(report),
    ]
    head = f"<title>Training report: {escape(report.practice)}</title><style>{STYLE}</style>"
    viewport = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    return f'<!doctype html>\n<html lang="en"><head>{viewport}{head}</head>\n<body><main>\n{_joined(parts)}\n</main></body></html>\n'


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _figures(report: Report) -> str:
    rows = report.rows
    overdue = sum(row.state == "overdue" for row in rows) + sum(
        _state(person, report) == "overdue" for person in report.missing
    )
    figures = [
        (len(rows), "people in the journal"),
        (sum(bool(row.finished) for row in rows), "finished their path"),
        (sum(bool(row.passed) for row in rows), "passed the final check"),
        (sum(bool(row.acknowledged) for row in rows), "confirmed the policy in force"),
        *([(overdue, "overdue")] if any(row.due for row in rows) or report.missing else []),
    ]
    return (
        '<ul class="figures">' + "".join(f"<li><strong>{n:,}</strong> {words}</li>" for n, words in figures) + "</ul>"
    )


def _state(person: Person, report: Report) -> str:
    """What the due day makes of somebody who has not begun."""
    return due_state(person, None, date.fromisoformat(report.as_of))


def _what_it_shows() -> str:
    return (
        "<p>This report shows what the journal holds. Records marked <em>self-attested</em> were made on computers that the "
        "learners control; they show what was done there, and can't prove who sat before it. What people answered in "
        "lessons, how sure they said they were and what they wrote for themselves is their own, and is not in here.</p>"
    )


def _people(report: Report) -> str:
    dated = any(row.due for row in report.rows)
    head = ["Name", "Role", "Path", "Finished", "Final check passed", "Policy confirmed", "Session attended"]
    head += ["Due", "State"] if dated else []
    head.append("Record")
    rows = "".join(_person(row, dated) for row in report.rows)
    caption = "Days are year-month-day, in world time (UTC). An empty field: not yet."
    table = _table(caption, head, rows) if report.rows else "<p>Nobody has begun yet.</p>"
    absent = ""
    if report.missing:
        listed = "".join(
            f"<li>{escape(p.name or p.id)}" + (f", due {p.due}: {_state(p, report)}" if p.due else "") + "</li>"
            for p in report.missing
        )
        absent = f"<h3>On the roster, and not in the journal</h3><ul>{listed}</ul>"
    unclear = "".join(f"<li>{escape(sentence)}</li>" for sentence in report.unclear)
    return table + absent + (f"<h3>To be cleared up</h3><ul>{unclear}</ul>" if unclear else "")


def _person(row: Row, dated: bool) -> str:
    acknowledged = f"{row.acknowledged} (version {row.version})" if row.acknowledged else ""
    fields = [escape(row.name or row.id), escape(row.role), f"{row.done} of {row.total}", row.finished, row.passed]
    fields += [escape(acknowledged), row.attended]
    cells = "".join(f"<td>{field}</td>" for field in fields[1:])
    if dated:
        cells += f'<td>{row.due}</td><td class="state {row.state.replace(" ", "-")}">{SIGNS.get(row.state, "")}{row.state}</td>'
    return f'<tr><th scope="row">{fields[0]}</th>{cells}<td>{escape(row.assurance)}</td></tr>'


def _groups(groups: Sequence[Group], small: int) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(g.name)}</th>'
        + "".join(f"<td>{_share(n, g.learners)}</td>" for n in (g.finished, g.passed, g.acknowledged, g.attended))
        + "</tr>"
        for g in groups
    )
    head = ["Group", "Finished", "Passed", "Policy confirmed", "Session attended"]
    table = _table(f"Groups of {SMALLEST} or more.", head, rows) if groups else ""
    left_out = f"<p>{small} smaller {'group is' if small == 1 else 'groups are'} not shown.</p>" if small else ""
    return table + left_out or f"<p>There is no group of {SMALLEST} or more yet.</p>"


def _share(count: int, of: int) -> str:
    """A share in words with a bar that says the same."""
    width = round(100 * count / of)
    bar = (
        f'<svg width="100" height="8" aria-hidden="true"><rect width="100" height="8" fill="#dde1e5"/>'
        f'<rect width="{width}" height="8" fill="#0b5394"/></svg>'
    )
    return f"{count} of {of}{bar}"


def _gain(gain: Gain | None) -> str:
    if gain is None:
        return (
            f"<p>Too few to say: what was learned is given for {SMALLEST_GROUP} people or more who took both checks, because "
            "the checks are too short to say anything of one person.</p>"
        )
    words = (
        f"The {gain.learners} people who took both checks had {gain.before:.0%} of the points before the lessons and "
        f"{gain.after:.0%} after them, on two forms of the same difficulty: {100 * gain.gain:+.0f} points in a hundred "
        f"(95 % interval {100 * gain.low:+.0f} to {100 * gain.high:+.0f})."
    )
    bars = "".join(
        f'<text x="0" y="{y + 14}" font-size="14">{label}</text>'
        f'<rect x="70" y="{y}" width="{400 * value:.0f}" height="18" fill="{color}"/>'
        f'<text x="{80 + 400 * value:.0f}" y="{y + 14}" font-size="14">{value:.0%}</text>'
        for y, label, value, color in ((2, "Before", gain.before, "#6b747d"), (30, "After", gain.after, "#0b5394"))
    )
    return f'<p>{words}</p><svg width="540" height="52" role="img" aria-label="{escape(words)}">{bars}</svg>'


def _items(report: Report) -> str:
    if not report.items:
        return f"<p>Too few to say: questions are looked at from {SMALLEST} people on.</p>"
    rows = "".join(_item(item, report.titles) for item in report.items)
    caption = (
        f"First answers only, hardest first. Facility is the mean share of the points, from {FOR_FACILITY} people on; "
        f"discrimination says how well a question tells strong from weak learners, from -1 to 1, from {FOR_DISCRIMINATION} "
        "on. In brackets: 95 % intervals."
    )
    head = ["Question", "People", "Facility", "", "Discrimination", "Options nobody chose"]
    return _table(caption, head, rows)


def _item(item: Item, titles: object) -> str:
    title = titles.get(item.activity, item.activity)  # type: ignore[attr-defined]
    unchosen = "too few to say" if item.unchosen is None else ", ".join(item.unchosen) or "none"
    cells = [f"{item.learners:,}", _interval(item.facility, "{:.0%}"), _picture(item.facility)]
    cells += [_interval(item.discrimination, "{:.2f}"), unchosen]
    name = f'{escape(title)} <span class="quiet">{escape(item.activity)}</span>'
    return f'<tr><th scope="row">{name}</th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _interval(value: Interval | None, form: str) -> str:
    if value is None:
        return "too few to say"
    return f"{form.format(value.value)} [{form.format(value.low)} to {form.format(value.high)}]"


def _picture(value: Interval | None) -> str:
    """The interval as a line with a dot; the cell beside it says it in figures."""
    if value is None:
        return ""
    low, middle, high = (round(118 * number) + 1 for number in (value.low, value.value, value.high))
    return (
        '<svg width="120" height="14" aria-hidden="true"><rect y="6" width="120" height="2" fill="#dde1e5"/>'
        f'<rect x="{low}" y="5" width="{max(1, high - low)}" height="4" fill="#6b747d"/>'
        f'<circle cx="{middle}" cy="7" r="5" fill="#0b5394"/></svg>'
    )


def _table(caption: str, head: Sequence[str], rows: str) -> str:
    heads = "".join(f'<th scope="col">{name}</th>' if name else "<td></td>" for name in head)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}"><table><caption>{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )

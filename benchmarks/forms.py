"""The final check, simulated: which items learners get, and who would pass it. ``python -m benchmarks.forms``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from benchmarks.table import show
from course import forms
from course.bank import Bank
from course.model import POINTS, Activity, Choice, Mark, Profession

LEARNERS, TRIES = 10_000, 3


@dataclass
class Dealt:
    """What so many learners of one profession were dealt.

    ``shown`` counts, for each try, how often each item of the pool was dealt; ``repeated`` the learners
    by the number of items in a try that they had seen in an earlier one.
    """

    learners: int
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    astray: int = 0
    shown: dict[int, Counter[str]] = field(default_factory=dict)
    repeated: dict[int, Counter[int]] = field(default_factory=dict)

    def most_shown(self, attempt_no: int) -> float:
        """The share of the learners who got the item that was dealt most often."""
        return max(self.shown[attempt_no].values()) / self.learners


def deal_many(bank: Bank, profession: Profession, learners: int = LEARNERS) -> Dealt:
    """Deals the final check to so many learners, three tries each."""
    pool, blueprint = bank.pool("final", profession), bank.outline.blueprint
    own = {item.id for item in pool}
    fits = Counter({o: share.final for o, share in blueprint.items()})
    critical = Counter({o: share.critical for o, share in blueprint.items() if share.critical})
    dealt = Dealt(learners, shown={n: Counter() for n in range(1, TRIES + 1)}, repeated={2: Counter(), 3: Counter()})
    for number in range(learners):
        learner, seen = f"learner-{number}", []
        parallel = bank.pool(forms.other_form(forms.form_before(learner)), profession)
        for attempt_no in range(1, TRIES + 1):
            seed = forms.seed_of(learner, "final", attempt_no)
            items = forms.deal(pool, blueprint, seed, seen, parallel if attempt_no == 1 else ())
            ids = {item.id for item in items}
            right = Counter(i.objective for i in items) == fits
            right = right and Counter(i.objective for i in items if i.critical) == critical
            dealt.astray += not right or len(ids) != len(items)
            dealt.sizes[attempt_no, len(items)] += 1
            dealt.shown[attempt_no].update(ids & own)
            if attempt_no > 1:
                dealt.repeated[attempt_no][len(ids & set(seen))] += 1
            seen += sorted(ids)
    return dealt


def forms_of(bank: Bank, profession: Profession, count: int) -> list[list[Activity]]:
    """The first forms of so many learners."""
    found = []
    for number in range(count):
        learner = f"learner-{number}"
        parallel = bank.pool(forms.other_form(forms.form_before(learner)), profession)
        seed = forms.seed_of(learner, "final", 1)
        found.append(forms.deal(bank.pool("final", profession), bank.outline.blueprint, seed, (), parallel))
    return found


def chance_to_pass(form: Iterable[Activity], passing: float, ability: float | None, slips: float = 0.0) -> float:
    """The chance to pass a form, by exact enumeration.

    Somebody of an ``ability`` gives the best answer that often, a harmful one in the share ``slips``, and
    otherwise an acceptable or a poor one with equal chance. Without an ability every option is as likely.
    """
    distribution: dict[tuple[float, bool], float] = {(0.0, False): 1.0}
    for item in form:
        assert isinstance(item, Choice)
        step: dict[tuple[float, bool], float] = {}
        for (points, slipped), chance in distribution.items():
            for mark, share in _shares(item, ability, slips).items():
                key = (points + POINTS[mark], slipped or (item.critical and mark is Mark.HARMFUL))
                step[key] = step.get(key, 0.0) + chance * share
        distribution = step
    return sum(chance for (points, slipped), chance in distribution.items() if points >= passing and not slipped)


def _shares(item: Choice, ability: float | None, slips: float) -> dict[Mark, float]:
    marks = Counter(option.mark for option in item.options)
    if ability is None:
        return {mark: count / len(item.options) for mark, count in marks.items()}
    rest = (1 - ability - slips) / 2
    return {Mark.BEST: ability, Mark.HARMFUL: slips, Mark.ACCEPTABLE: rest, Mark.POOR: rest}


def main() -> None:
    bank = Bank(Path(__file__).parent.parent / "data")
    rows = []
    for profession in get_args(Profession):
        dealt = deal_many(bank, profession)
        rows.append([profession, "forms that do not meet the blueprint", str(dealt.astray), "0"])
        for attempt_no in range(1, TRIES + 1):
            share = f"{100 * dealt.most_shown(attempt_no):.1f} %"
            rows.append([profession, f"most often shown item of the pool, try {attempt_no}", share, "at most 45 %"])
        for attempt_no, repeated in dealt.repeated.items():
            said = ", ".join(f"{n}: {100 * count / LEARNERS:.1f} %" for n, count in sorted(repeated.items()))
            rows.append([profession, f"items seen before, try {attempt_no}", said, "0"])
    show(f"Final checks of {LEARNERS:,} learners of each profession", ["profession", "what", "found", "aim"], rows)

    rows = []
    for profession in get_args(Profession):
        some = forms_of(bank, profession, 50)
        for name, ability, slips in (
            ("guessing", None, 0.0),
            ("ability 70 %, slips 3 %", 0.7, 0.03),
            ("ability 80 %, slips 3 %", 0.8, 0.03),
            ("ability 90 %, slips 3 %", 0.9, 0.03),
            ("ability 95 %, slips 1 %", 0.95, 0.01),
        ):
            chances = [chance_to_pass(form, bank.outline.passing, ability, slips) for form in some]
            rows.append([profession, name, f"{min(chances):.2g} to {max(chances):.2g}"])
    show("The chance to pass at the first try, over 50 forms, exactly", ["profession", "who", "chance"], rows)


if __name__ == "__main__":
    main()

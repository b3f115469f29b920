"""What is taught and what is asked: claims, scenarios, and how fresh the sources are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from course.checks.files import Authored
from course.errors import Fault
from course.model import Claim, Compose, Reflect, Scenario, Source

TEACHES = re.compile(r"<!--\s*teaches:\s*([^>]*?)\s*-->")
"""What a Markdown cell of a lesson says of itself; readers do not see it."""


class Coverage:
    """How often each claim is taught and assessed, and each scenario used, in activities and prose.

    An activity or a story teaches the claims that it names; prose teaches those that a comment in it names. Every
    activity and story assesses its claims but ``reflect`` and ``compose``, which are not graded. A scenario is used by an activity
    that people of its profession meet.
    """

    def __init__(self, authored: Authored) -> None:
        self._authored = authored
        self._claims: dict[str, Claim] = authored.values.get("claims.yml", {})
        lessons = [a for pairs in authored.activities.values() for a, _ in pairs]
        everything = [a for a, _ in authored.everything]
        self.taught = Counter(c for a in lessons for c in a.claims)
        self._in_prose = list(taught_in_prose(authored))
        self.taught.update(claim for _, _, claim in self._in_prose)
        stories = [story for story, _ in authored.stories.values()]
        told = [
            claim for s in stories for scene in s.scenes.values() for turn in scene.choices for claim in turn.claims
        ]
        self.taught.update(told)
        self.assessed = Counter(c for a in everything if not isinstance(a, Reflect | Compose) for c in a.claims)
        self.assessed.update(told)
        self._scenarios: dict[str, Scenario] = authored.values.get("scenarios.yml", {})
        self.scenarios = Counter(
            name
            for a in everything
            for name in a.scenarios
            if name in self._scenarios and a.variant in ("everyone", self._scenarios[name].profession)
        )
        self.scenarios.update(name for story in stories for name in story.scenarios if name in self._scenarios)

    def as_json(self) -> dict[str, Any]:
        """The counts, for ``course check --json``."""
        return {
            "claims": {
                name: {"taught": self.taught[name], "assessed": self.assessed[name], "context": claim.context}
                for name, claim in self._claims.items()
            },
            "scenarios": {name: self.scenarios[name] for name in self._scenarios},
        }

    def faults(self) -> Iterator[Fault]:
        """Claims that nothing teaches or asks, and scenarios that nothing uses."""
        place = self._authored.places.get("claims.yml")
        for name, claim in self._claims.items():
            assert place
            if not self.taught[name]:
                say = f"'{name}' is taught nowhere. Name it in an activity, or in a comment <!-- teaches: {name} --> of a lesson."
                yield place.fault(say, name)
            if not claim.context and not self.assessed[name]:
                say = f"'{name}' bears on a decision and nothing asks for it. Name it in a graded activity, or mark it 'context: true'."
                yield place.fault(say, name)
        for file, number, claim_id in self._in_prose:
            if claim_id not in self._claims:
                yield Fault(file, 0, f"cell {number} teaches '{claim_id}', which is not in claims.yml. Correct it.")
        for name, scenario in self._scenarios.items():
            if not self.scenarios[name]:
                say = f"no activity for {scenario.profession} uses '{name}'. Write one and name it under 'scenarios'."
                yield self._authored.places["scenarios.yml"].fault(say, name)
        yield from self._source_faults()

    def _source_faults(self) -> Iterator[Fault]:
        sources: dict[str, Source] = self._authored.values.get("sources.yml", {})
        place = self._authored.places.get("sources.yml")
        for name, source in sources.items():
            if source.seen == "unverified":
                assert place
                yield place.fault(f"'{name}' is not verified. Verify it, or take it out.", name, "seen")

    def warnings(self, as_of: date) -> Iterator[Fault]:
        """Sources whose day for another look has passed on the day ``as_of``."""
        sources: dict[str, Source] = self._authored.values.get("sources.yml", {})
        place = self._authored.places.get("sources.yml")
        for name, source in sources.items():
            if source.review < as_of:
                assert place
                say = f"'{name}' was to be looked at again by {source.review}. Read it, correct what changed, and set a new day."
                yield place.fault(say, name, "review")


def taught_in_prose(authored: Authored) -> Iterator[tuple[str, int, str]]:
    """The notebook, the number of the cell, and the claim, for every claim that prose says it teaches."""
    for file, cells in authored.prose.items():
        for number, text in cells.items():
            for found in TEACHES.findall(text):
                for claim in re.split(r"[,\s]+", found):
                    if claim:
                        yield file, number, claim

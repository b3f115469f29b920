"""The bank's account of a course: pools, the lessons as one learner meets them, and a practice unlike the authors' own."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course import grading
from course.bank import Bank, content_hash
from course.errors import ContentError
from course.model import Activity, Choice, Profession, Role, Sort
from course.tally import Stop
from tests import exams
from tests.exams import with_checks
from tests.test_bank import own_practice
from tests.toy import FIRST, SECOND, Toy

PAGE = "the Toy Practice Page"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return with_checks(tmp_path / "course")


def write_pool(toy: Toy, file: str, *items: dict[str, Any]) -> None:
    toy.write(f"data/pools/{file}.yml", json.dumps(items))


def ids(activities: list[Activity]) -> list[str]:
    return [activity.id for activity in activities]


# --- pools ---


def test_a_pool_holds_its_own_items_in_the_order_of_its_file(toy: Toy) -> None:
    bank = Bank(toy.data)
    assert ids(bank.pool("before-a", "law")) == ["a-greet", "a-part"]
    assert ids(bank.pool("before-b", "law")) == ["b-greet", "b-part"]
    assert len(bank.pool("final", "clinic")) == 18
    assert all(isinstance(item, Choice) for item in bank.pool("final", "clinic"))


def test_a_pool_may_be_spread_over_files_whose_names_begin_with_its_own(toy: Toy) -> None:
    for file in ("final-more", "final-and-more", "finals", "semi-final", "before-a-too"):
        write_pool(toy, file, exams.item(f"in-{file}", "greet", True))
    bank = Bank(toy.data)
    assert {i for i in ids(bank.pool("final", "law")) if i.startswith("in-")} == {"in-final-more", "in-final-and-more"}
    assert sorted(ids(bank.pool("before-a", "law"))) == ["a-greet", "a-part", "in-before-a-too"]


def test_each_profession_gets_its_own_items_of_a_pool(toy: Toy) -> None:
    both = [{**exams.item("both", "greet", False), "variant": variant} for variant in ("law", "clinic")]
    single = [{**exams.item(f"for-{v}", "greet", False), "variant": v} for v in ("law", "clinic", "everyone")]
    write_pool(toy, "final-variants", *both, *single)
    bank = Bank(toy.data)
    both_ways: list[tuple[Profession, Profession]] = [("law", "clinic"), ("clinic", "law")]
    for profession, other in both_ways:
        found = [item for item in bank.pool("final", profession) if item.id == "both" or item.id.startswith("for-")]
        assert ids(found) == ["both", f"for-{profession}", "for-everyone"]
        assert other not in {item.variant for item in found}


def test_a_course_without_pools_has_empty_ones(toy_bank: Bank) -> None:
    assert [toy_bank.pool(name, "law") for name in ("before-a", "before-b", "final")] == [[], [], []]


def test_one_faulty_file_of_a_pool_takes_that_pool_down_and_no_other(toy: Toy) -> None:
    toy.write("data/pools/final-more.yml", "- kind: choice\n  id: only-this\n")
    bank = Bank(toy.data)
    with pytest.raises(ContentError, match=r"final-more\.yml:1: .*course check"):
        bank.pool("final", "law")
    assert ids(bank.pool("before-a", "law")) == ["a-greet", "a-part"]
    assert bank.authored("slip-0").id == "slip-0" and bank.authored("pick-one").id == "pick-one"
    with pytest.raises(ContentError):
        bank.authored("only-this")


def test_items_of_the_pools_are_no_lessons_activities(toy: Toy, toy_bank: Bank) -> None:
    bank = Bank(toy.data)
    assert bank.activities_by_lesson == toy_bank.activities_by_lesson
    everything = ids(list(bank.all_authored()))
    assert everything[: len(list(toy_bank.all_authored()))] == ids(list(toy_bank.all_authored()))
    assert {"a-greet", "b-part", "slip-7", "part-4"} < set(everything)


# --- the syllabus ---


def syllabus(toy: Toy, profession: Profession | None = None, role: Role | None = None) -> dict[str, Stop]:
    return {stop.lesson: stop for stop in Bank(toy.data).syllabus(profession, role)}


def test_a_syllabus_lists_lessons_and_checks_in_the_order_of_the_course(toy: Toy) -> None:
    stops = syllabus(toy)
    assert list(stops) == ["before", "first", "second", "final"]
    assert [(stop.title, stop.check, stop.items) for stop in stops.values()] == [
        ("Before", "before", 2),
        ("First lesson", None, 0),
        ("Second lesson", None, 0),
        ("At the end", "final", 4),
    ]
    assert list(stops["first"].core) == ["pick-one", "pick-several", "sort-them"]
    assert not any(stops[check].core or stops[check].extra for check in ("before", "final"))


@pytest.mark.parametrize(
    ("role", "required"),
    [("support", ["second"]), ("owner", []), ("lawyer", ["first", "second"]), (None, ["first", "second"])],
)
def test_a_role_has_to_take_its_track_and_both_checks(role: Role | None, required: list[str], toy: Toy) -> None:
    outline = (toy.data / "course.yml").read_text(encoding="utf-8")
    toy.write("data/course.yml", f"{outline}tracks: {{support: [second], owner: []}}\n")
    stops = syllabus(toy, "law", role)
    assert list(stops) == ["before", "first", "second", "final"], "the others stay open"
    assert [stop.lesson for stop in stops.values() if stop.required] == ["before", *required, "final"]


def test_further_practice_stands_apart(toy: Toy) -> None:
    whole = syllabus(toy)["first"]
    toy.change(FIRST, "title: Pick several", "title: Pick several\n  extra: true")
    first = syllabus(toy)["first"]
    assert list(first.core) == ["pick-one", "sort-them"]
    assert first.extra == {"pick-several": whole.core["pick-several"]}
    assert whole.extra == {} and first.seconds < whole.seconds


def test_each_activity_is_as_long_as_the_learners_own_variant(toy: Toy) -> None:
    bank = Bank(toy.data)
    law, clinic, own = (syllabus(toy, profession)["first"] for profession in ("law", "clinic", None))
    assert law.core["sort-them"] > clinic.core["sort-them"] > 0, "three cards are more than two"
    assert own == law, "without a profession, the practice's own decides"
    assert law.core == {i: grading.seconds(bank.authored(i, "law")) for i in bank.activities_by_lesson["first"]}


def test_a_check_is_as_long_as_its_items_to_read_and_decide(toy: Toy) -> None:
    bank, stops = Bank(toy.data), syllabus(toy)
    each = grading.seconds_to_answer(bank.authored("a-greet"))  # all items of this course are of one length
    assert stops["before"].seconds == pytest.approx(2 * each) and each > 15
    assert stops["final"].seconds == pytest.approx(4 * each)


def test_prose_takes_its_time_to_read(toy: Toy) -> None:
    bank = Bank(toy.data)
    assert bank.prose("first").startswith("# First lesson\n\nAt Toy Practice we begin here.")
    before = syllabus(toy)["first"]
    toy.change("notebooks/first.ipynb", "we begin here.", "we begin here." + " word" * 238)
    after = syllabus(toy)["first"]
    assert after.prose - before.prose == pytest.approx(60), "238 words take a minute"
    assert after.core == before.core


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"cells": 7}', '{"cells": [{}]}', "\0", '{"cells": [[]]}'])
def test_a_notebook_that_can_not_be_read_has_no_prose_and_the_lessons_go_on(text: str | None, toy: Toy) -> None:
    whole = syllabus(toy)
    toy.remove("notebooks/first.ipynb")
    if text is not None:
        toy.write("notebooks/first.ipynb", text)
    stops = syllabus(toy)
    assert (stops["first"].prose, Bank(toy.data).prose("first")) == (0, "")
    assert stops["first"].core == whole["first"].core and stops["second"] == whole["second"]


def test_a_lesson_file_that_can_not_be_read_leaves_the_others_their_length(toy: Toy) -> None:
    whole = syllabus(toy)
    toy.write(FIRST, "- [")
    stops = syllabus(toy)
    assert stops["first"].core == {} and stops["second"] == whole["second"]
    assert list(stops) == list(whole)


def test_pools_that_can_not_be_read_leave_the_lessons_as_they_are(toy: Toy) -> None:
    whole = syllabus(toy)
    for path in (toy.data / "pools").iterdir():
        path.write_text("- [")
    stops = syllabus(toy)
    assert {lesson: stop for lesson, stop in stops.items() if not stop.check} == {
        lesson: stop for lesson, stop in whole.items() if not stop.check
    }
    assert [(stops[check].items, stops[check].seconds) for check in ("before", "final")] == [(2, 0), (4, 0)]


def test_the_syllabus_speaks_in_the_name_of_ones_own_practice(toy: Toy, tmp_path: Path) -> None:
    toy.change("data/course.yml", "First lesson", "Welcome to Toy Practice")
    toy.change("data/course.yml", "At the end", "Toy Practice asks")
    stops = Bank(toy.data, own_practice(tmp_path, name="Oak")).syllabus(None, None)
    assert [stop.title for stop in stops] == ["Before", "Welcome to Oak", "Second lesson", "Oak asks"]


def test_no_learner_meets_the_syllabus_of_another_whoever_asks_first(toy: Toy) -> None:
    outline = (toy.data / "course.yml").read_text(encoding="utf-8")
    toy.write("data/course.yml", f"{outline}tracks: {{support: [second]}}\n")
    bank = Bank(toy.data)
    professions: list[Profession | None] = ["law", "clinic", None]
    roles: list[Role | None] = ["owner", "support", None]
    asked = list(product(professions, roles))
    for profession, role in [*asked, *asked]:
        assert bank.syllabus(profession, role) == Bank(toy.data).syllabus(profession, role)


# --- whose rule it is ---


@pytest.mark.parametrize(
    ("stances", "elsewhere"),
    [
        ("", False),
        ("[network-by-network]", False),
        ("[page-only, network-by-network]", False),
        ("[page-only]", True),
        ("[no-contact, nothing-personal]", True),
    ],
)
def test_a_rule_that_ones_own_practice_could_not_have_is_elsewhere(stances: str, elsewhere: bool, toy: Toy) -> None:
    if stances:
        toy.change(FIRST, "title: Pick one", f"title: Pick one\n  stances: {stances}")
    bank = Bank(toy.data)
    assert bank.is_elsewhere(bank.authored("pick-one")) == elsewhere
    assert not bank.is_elsewhere(bank.authored("pick-several"))


def test_what_is_elsewhere_keeps_the_name_of_the_default_practice(toy: Toy, tmp_path: Path) -> None:
    toy.change(FIRST, "title: Pick one", "title: Pick one\n  stances: [network-by-network]")
    own = Bank(toy.data, own_practice(tmp_path, name="Oak", stance="no-contact"))
    there = Bank(toy.data, own_practice(tmp_path, name="Oak"))
    assert own.is_elsewhere(own.authored("pick-one")) and not there.is_elsewhere(there.authored("pick-one"))
    assert own.activity("pick-one") == own.authored("pick-one")
    assert own.activity("pick-one").rule == "At Toy Practice, we say no kindly."
    assert there.activity("pick-one").rule == "At Oak, we say no kindly."
    assert content_hash(own.authored("pick-one")) == content_hash(there.authored("pick-one"))


# --- a practice without a Page ---

ON_THE_PAGE = {
    "the rule": (FIRST, "At Toy Practice, we say no kindly.", f"At Toy Practice, we have {PAGE}."),
    "the stem": (FIRST, "What do you do?", f"What do you do on {PAGE}?"),
    "the scene": (FIRST, "text: Add me!", f"text: I follow {PAGE}"),
    "an option": (FIRST, "text: Wait a day", f"text: Offer {PAGE}"),
    "the feedback": (FIRST, "KEY-harm do.", f"KEY-harm {PAGE}."),
    "a card": (FIRST, "Opening hours", f"Hours on {PAGE}"),
    "a bucket": (FIRST, "[Anyone, Family]", f"[Anyone, {PAGE}]"),
    "a step": (SECOND, "text: Offer the Page", f"text: Offer {PAGE}"),
    "a position": (SECOND, "KEY-position two.", f"KEY-position on {PAGE}."),
}


def no_page(folder: Path, **values: Any) -> Path:
    return own_practice(folder, page=None, **values)  # type: ignore[arg-type]  # JSON's null: no Page


@pytest.mark.parametrize("where", ON_THE_PAGE)
def test_an_activity_about_the_page_is_elsewhere_for_a_practice_that_has_none(
    where: str, toy: Toy, tmp_path: Path
) -> None:
    whole = {a.id: a for a in Bank(toy.data).all_authored() if a.variant != "clinic"}
    toy.change(*ON_THE_PAGE[where])
    if where == "a bucket":
        toy.change(FIRST, "bucket: Family", f"bucket: {PAGE}")
    without, with_one = Bank(toy.data, no_page(tmp_path, name="Oak")), Bank(toy.data)
    (changed,) = [i for i, before in whole.items() if with_one.authored(i) != before]
    assert [i for i in whole if without.is_elsewhere(without.authored(i))] == [changed]
    assert without.activity(changed) == without.authored(changed)
    assert not with_one.is_elsewhere(with_one.authored(changed))


def test_a_practice_with_a_page_reads_of_its_own(toy: Toy, tmp_path: Path) -> None:
    toy.change(*ON_THE_PAGE["the rule"])
    bank = Bank(toy.data, own_practice(tmp_path, name="Oak", page="our board"))
    assert not bank.is_elsewhere(bank.authored("pick-one"))
    assert bank.activity("pick-one").rule == "At Oak, we have our board."


def test_where_the_default_practice_has_no_page_nothing_is_about_one(toy: Toy, tmp_path: Path) -> None:
    toy.change("data/practice.yml", f"page: {PAGE}\n", "")
    toy.change(*ON_THE_PAGE["the rule"])
    for bank in (Bank(toy.data), Bank(toy.data, no_page(tmp_path)), Bank(toy.data, own_practice(tmp_path, page="P"))):
        assert not bank.is_elsewhere(bank.authored("pick-one"))
    assert Bank(toy.data, no_page(tmp_path, name="Oak")).weave(PAGE) == "the Oak Page"


def test_a_bucket_and_its_cards_stay_together_without_a_page(toy: Toy, tmp_path: Path) -> None:
    toy.change(FIRST, "Opening hours", f"Hours on {PAGE}")
    activity = Bank(toy.data, no_page(tmp_path, name="Anyone")).activity("sort-them", "law")
    assert isinstance(activity, Sort)
    assert {card.bucket for card in activity.cards} == set(activity.buckets)


WORDS = {
    "Toy Practice": "Oak",
    "toy.example": "oak.example",
    "555-0100": "555-0199",
    "Pat Toy": "Ada Oak",
    "Quin Toy": "Bo Oak",
    "we say yes at work and no at home": "we say no",
}
OWN = {"name": "Oak", "website": "oak.example", "phone": "555-0199", "ask": "Ada Oak", "approver": "Bo Oak"}
PLAIN = ["and", "the", "Page", "—", "Toyland", "né 🙂"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from([*WORDS, *PLAIN, PAGE]), max_size=8))
def test_without_a_page_a_text_is_ones_own_from_end_to_end_or_as_it_was(words: list[str], toy_own: Bank) -> None:
    text = " | ".join(words)
    expected = text if PAGE in words else " | ".join(WORDS.get(word, word) for word in words)
    assert toy_own.weave(text) == expected


@pytest.fixture
def toy_own(toy: Toy, tmp_path: Path) -> Bank:
    """The toy course for a practice without a Page."""
    return Bank(toy.data, no_page(tmp_path, line="we say no", **OWN))


def test_every_activity_of_a_practice_without_a_page_is_whole(toy_own: Bank) -> None:
    for authored in toy_own.all_authored():
        profession: Profession = "clinic" if authored.variant == "clinic" else "law"
        text = msgspec.json.encode(toy_own.activity(authored.id, profession)).decode()
        assert ("Toy Practice" in text) == toy_own.is_elsewhere(authored)

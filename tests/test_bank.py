"""The only reader of the data files: what it gives, in whose name, and what it says of faults."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from course.bank import Bank, content_hash, data_folder
from course.errors import ContentError, Fault, UnknownActivity
from course.model import Activity, Choice, Practice, Reason, Sort
from tests.conftest import ROOT, TOY_COURSE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the toy course to write into."""
    return Path(shutil.copytree(TOY_COURSE, tmp_path / "course"))


def own_practice(folder: Path, **values: str) -> Path:
    """The file of a practice that differs from the toy one in these values."""
    toy = msgspec.to_builtins(Bank(TOY_COURSE, TOY_COURSE / "practice.yml").default_practice)
    path = folder / "own-practice.yml"
    path.write_text(json.dumps({**toy, **values}, ensure_ascii=False), encoding="utf-8")
    return path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def faults(bank: Bank, activity_id: str) -> list[Fault]:
    with pytest.raises(ContentError) as raised:
        bank.authored(activity_id)
    return raised.value.faults


# --- what it gives ---


def test_it_reads_a_course(toy_bank: Bank) -> None:
    assert toy_bank.outline.title == "Toy Course"
    assert [lesson.objective for lesson in toy_bank.outline.lessons] == ["greet", "part"]
    assert toy_bank.practice.ask == "Pat Toy"
    assert len(list(toy_bank.all_authored())) == 6
    assert toy_bank.articles.articles["C"] == "A vendor, 2014"
    assert toy_bank.claims["L1"].context and not toy_bank.claims["L2"].context


def test_a_lesson_lists_each_id_once_in_the_order_of_its_file(toy_bank: Bank) -> None:
    assert toy_bank.activities_by_lesson == {
        "first": ("pick-one", "pick-several", "sort-them"),
        "second": ("put-in-order", "think-it-over"),
    }


def test_each_profession_gets_its_own_variant(toy_bank: Bank) -> None:
    assert toy_bank.authored("sort-them", "law").title == "Sort them, lawyers"
    assert toy_bank.authored("sort-them", "clinic").title == "Sort them, clinic"
    assert toy_bank.authored("pick-one", "clinic") == toy_bank.authored("pick-one", "law")


def test_without_a_profession_the_practices_own_decides(toy_bank: Bank, tmp_path: Path) -> None:
    assert toy_bank.activity("sort-them").variant == "law"
    clinic = Bank(TOY_COURSE, own_practice(tmp_path, profession="clinic"))
    assert clinic.activity("sort-them").variant == "clinic"
    assert clinic.activity("sort-them", "law").variant == "law"


def test_an_unknown_activity_is_said_by_its_name(toy_bank: Bank) -> None:
    with pytest.raises(UnknownActivity, match=r"'pick-none'.*course check"):
        toy_bank.activity("pick-none")


def test_an_activity_for_the_other_profession_alone_is_unknown(folder: Path) -> None:
    change(folder / "activities" / "first.yml", "id: pick-one\n", "id: pick-one\n  variant: law\n")
    bank = Bank(folder)
    assert bank.authored("pick-one", "law").variant == "law"
    with pytest.raises(UnknownActivity):
        bank.authored("pick-one", "clinic")


# --- faults ---


def test_a_missing_lesson_file_leaves_the_other_lesson_standing(folder: Path) -> None:
    (folder / "activities" / "second.yml").unlink()
    bank = Bank(folder)
    assert bank.activity("pick-one").title == "Pick one"
    assert bank.activities_by_lesson == {"first": ("pick-one", "pick-several", "sort-them"), "second": ()}
    (fault,) = faults(bank, "put-in-order")
    assert str(fault).startswith("second.yml:0: ") and "missing" in fault.say


@pytest.mark.parametrize(
    ("old", "new", "line", "say"),
    [
        ("level: hard", "level: hard: very", 5, "not readable"),
        ("level: hard", "level: herd", 5, "herd"),
        ("level: hard", "levle: hard", 1, "levle"),
        ("KEY-page.", "''", 11, "length"),
        ("Offer the Page, feedback", "Offer the Page, feedbak", 11, "feedbak"),
        ("  stem: What would you say?\n", "", 15, "stem"),
        ("kind: reflect", "kind: reflekt", 15, "reflekt"),
    ],
)
def test_a_fault_in_a_lesson_is_said_with_its_line_and_leaves_the_other_standing(
    folder: Path, old: str, new: str, line: int, say: str
) -> None:
    change(folder / "activities" / "second.yml", old, new)
    bank = Bank(folder)
    assert bank.activity("pick-one").title == "Pick one"
    (fault,) = faults(bank, "put-in-order")
    assert (fault.file, fault.line) == ("second.yml", line)
    assert say in fault.say


def test_every_faulty_file_is_named_to_whom_misses_an_activity(folder: Path) -> None:
    for lesson in ("first", "second"):
        (folder / "activities" / f"{lesson}.yml").write_text("- [\n")
    assert [fault.file for fault in faults(Bank(folder), "pick-one")] == ["first.yml", "second.yml"]


@pytest.mark.parametrize(("file", "old"), [("course.yml", "id: first"), ("practice.yml", "profession: law")])
def test_a_fault_in_the_outline_or_the_practice_is_said_at_once(folder: Path, file: str, old: str) -> None:
    change(folder / file, old, old.split(":")[0] + ": Many")
    with pytest.raises(ContentError, match=rf"{file}:\d+: .*course check"):
        Bank(folder)


# --- in the name of one's own practice ---

AWKWARD = ['O\'Neil & "Sons"', "A: B, #1", r"(a+b)* \1 \g<0> $&", "<b>Bold</b>", "Zoë 🙂 & Co.", "{name} %s", "Pat Toy"]


@pytest.mark.parametrize("name", AWKWARD)
def test_a_practice_of_any_name_is_named_letter_for_letter(tmp_path: Path, name: str) -> None:
    bank = Bank(TOY_COURSE, own_practice(tmp_path, name=name))
    assert bank.activity("pick-one").rule == f"At {name}, we say no kindly."
    assert bank.weave("Toy Practice's door. (Toy Practice)") == f"{name}'s door. ({name})"


@pytest.mark.parametrize("name", AWKWARD[:-1])
def test_a_default_practice_of_any_name_is_found_letter_for_letter(folder: Path, name: str) -> None:
    change(folder / "practice.yml", "name: Toy Practice", f"name: {json.dumps(name, ensure_ascii=False)}")
    bank = Bank(folder, own_practice(folder, name="Oak"))
    assert bank.weave(f"At {name} we say: {name}.") == "At Oak we say: Oak."


def test_the_longest_value_is_replaced_first(folder: Path) -> None:
    change(folder / "practice.yml", "the Toy Practice Page", "Toy Practice Online")
    bank = Bank(folder, own_practice(folder, name="Oak", page="our page"))
    assert bank.weave("Toy Practice Online is the page of Toy Practice.") == "our page is the page of Oak."


@pytest.mark.parametrize("text", ["Toy Practices", "MyToy Practice", "toy practice", "5555-0100", "toy.examples"])
def test_only_whole_words_are_replaced(tmp_path: Path, text: str) -> None:
    own = own_practice(tmp_path, name="Oak", phone="1", website="w")
    assert Bank(TOY_COURSE, own).weave(text) == text


def test_all_five_values_are_replaced_and_the_others_are_not(tmp_path: Path) -> None:
    own = own_practice(tmp_path, name="N", page="P", website="W", phone="T", ask="A", jurisdiction="J")
    text = "Toy Practice / the Toy Practice Page / toy.example / 555-0100 / Pat Toy / Toyland / law"
    assert Bank(TOY_COURSE, own).weave(text) == "N / P / W / T / A / Toyland / law"


def test_the_name_stands_in_every_text_of_an_activity(folder: Path) -> None:
    path = folder / "activities" / "first.yml"
    for old in ("title: Pick one", "text: Add me!", "text: Wait a day", "happens: KEY-fair happens.", "who: Robin Roe"):
        change(path, old, f"{old} Toy Practice")
    activity = Bank(folder, own_practice(folder, name="Oak")).activity("pick-one")
    assert isinstance(activity, Choice) and activity.scene
    woven = [activity.title, activity.scene.text, activity.scene.who, activity.options[1].text]
    assert all(text.endswith(" Oak") for text in [*woven, activity.options[1].feedback.happens])


def test_a_card_still_belongs_into_its_bucket_when_both_carry_the_name(folder: Path) -> None:
    change(folder / "activities" / "first.yml", "Family", "Toy Practice")
    activity = Bank(folder, own_practice(folder, name="Oak: 1")).activity("sort-them")
    assert isinstance(activity, Sort)
    assert activity.buckets == ("Anyone", "Oak: 1")
    assert activity.cards[1].bucket == "Oak: 1"


def test_in_the_default_practices_name_nothing_changes(toy_bank: Bank) -> None:
    assert [toy_bank.activity(a.id, "clinic") for a in toy_bank.all_authored() if a.variant != "law"] == [
        a for a in toy_bank.all_authored() if a.variant != "law"
    ]


# --- the hash of the content ---

NOT_PROSE = {"kind", "variant", "level", "mark", "shape"}


def reworded(value: Any) -> Iterator[Any]:
    """The same value again and again, each time with one text in it changed."""
    if isinstance(value, str):
        yield value + "x"
    elif isinstance(value, list | tuple):
        yield from ([*value[:n], new, *value[n + 1 :]] for n, item in enumerate(value) for new in reworded(item))
    elif isinstance(value, dict):
        for name in value.keys() - NOT_PROSE:
            yield from ({**value, name: new} for new in reworded(value[name]))


@pytest.mark.parametrize("activity_id", ["pick-one", "pick-several", "sort-them", "put-in-order", "think-it-over"])
def test_the_content_hash_changes_when_anything_is_reworded(toy_bank: Bank, activity_id: str) -> None:
    activity = toy_bank.authored(activity_id)
    others: list[Activity] = [msgspec.convert(v, type(activity)) for v in reworded(msgspec.to_builtins(activity))]
    hashes = {content_hash(other) for other in others}
    assert len(others) >= 10
    assert len(hashes) == len(others) and content_hash(activity) not in hashes


def test_the_content_hash_changes_with_a_mark_and_with_the_order_of_options(toy_bank: Bank, folder: Path) -> None:
    before = content_hash(toy_bank.authored("pick-one"))
    activity = toy_bank.authored("pick-one")
    assert isinstance(activity, Choice)
    assert content_hash(msgspec.structs.replace(activity, options=activity.options[::-1])) != before
    change(folder / "activities" / "first.yml", "mark: acceptable", "mark: poor")
    assert content_hash(Bank(folder).authored("pick-one")) != before


def test_the_content_hash_does_not_change_with_the_practice_or_the_layout(toy_bank: Bank, folder: Path) -> None:
    before = content_hash(toy_bank.authored("pick-one"))
    own = own_practice(folder, name="Oak", profession="clinic")
    change(folder / "activities" / "first.yml", "title: Pick one", '# a remark\n  title: "Pick one"')
    other = Bank(folder, own)
    assert content_hash(other.authored("pick-one")) == before
    assert other.practice_hash != toy_bank.practice_hash
    assert Bank(TOY_COURSE).practice_hash == toy_bank.practice_hash


# --- reasons ---


def test_reasons_are_the_quotation_then_the_claims_then_the_authorities(toy_bank: Bank) -> None:
    assert toy_bank.reasons(toy_bank.activity("pick-one")) == (
        Reason(id="L2", says="a few words", by="A lawyer, 2013", seen="quotation"),
        Reason(id="L1", says="The first claim.", by="A lawyer, 2013"),
        Reason(id="L2", says="The second claim.", by="A lawyer, 2013"),
        Reason(id="A1", says="It says so.", by="A toy rule", url="https://example.org/a1", seen="own text"),
        Reason(id="T1", says="We think so.", by="A toy judgement", seen="our judgement"),
    )


def test_a_claim_is_said_by_the_article_that_makes_it(toy_bank: Bank) -> None:
    assert [reason.by for reason in toy_bank.reasons(toy_bank.activity("sort-them"))] == ["A vendor, 2014"]


def test_an_authority_speaks_of_ones_own_practice_too(folder: Path) -> None:
    change(folder / "sources.yml", "We think so.", "Toy Practice thinks so.")
    bank = Bank(folder, own_practice(folder, name="Oak"))
    assert bank.reasons(bank.activity("pick-one"))[-1].says == "Oak thinks so."


# --- where it looks ---


def test_the_folder_is_given_or_named_by_the_environment_or_beside_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_folder() == ROOT / "data"
    monkeypatch.setenv("COURSE_DATA", str(TOY_COURSE))
    assert data_folder() == TOY_COURSE
    assert Bank().outline.title == "Toy Course"
    assert Bank(ROOT / "data").outline.title != "Toy Course"
    monkeypatch.setenv("COURSE_DATA", "")
    assert data_folder() == ROOT / "data"


def test_the_practice_is_given_or_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = own_practice(tmp_path, name="Oak")
    monkeypatch.setenv("COURSE_PRACTICE", str(own))
    bank = Bank(TOY_COURSE)
    assert isinstance(bank.practice, Practice)
    assert (bank.practice.name, bank.default_practice.name) == ("Oak", "Toy Practice")
    assert Bank(TOY_COURSE, TOY_COURSE / "practice.yml").practice.name == "Toy Practice"


def test_a_practice_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_PRACTICE", str(tmp_path / "gone.yml"))
    with pytest.raises(ContentError, match=r"gone\.yml:0: .*missing"):
        Bank(TOY_COURSE)

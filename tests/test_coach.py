"""The coach: right on messages it has never seen, able to show the words, and calm about whatever is pasted."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import coach
from course.coach import network
from course.coach.pieces import cut
from tests.conftest import HERE
from tools.labelled import read

SEALED = {
    task: [m for path in sorted((HERE / "coach").glob(f"{task.split('-')[0]}_*.txt")) for m in read(path)]
    for task in coach.CRITERIA
}
every_task = pytest.mark.parametrize("task", list(coach.CRITERIA))
LABELS = [(task, name) for task, names in coach.CRITERIA.items() for name in names]

MAIL = "From: Ada <ada@post.example>\nTo: front@desk.example\nSubject: Friends?\n\nHi, shall we be friends on here? Thank you!"


# --- right on messages it has never seen (tests/coach: nothing was trained on them) ---


@cache
def all_findings(task: str) -> list[dict[str, coach.Finding]]:
    return [coach.findings(task, message.text, message.prompt) for message in SEALED[task]]


def judged(task: str, name: str) -> list[tuple[bool, bool]]:
    """For each sealed message what is true, and what the coach says."""
    return [(m.labels[name], found[name].met) for m, found in zip(SEALED[task], all_findings(task), strict=True)]


def share(pairs: list[tuple[bool, bool]], truth: bool) -> float:
    """How often the coach is right where ``truth`` holds."""
    said = [said is truth for true, said in pairs if true is truth]
    return sum(said) / len(said)


@pytest.mark.parametrize(("task", "name"), LABELS)
def test_each_label_is_right_at_least_four_times_in_five(task: str, name: str) -> None:
    pairs = judged(task, name)
    assert (share(pairs, True) + share(pairs, False)) / 2 >= 0.8


@every_task
def test_most_leaks_are_flagged_and_most_safe_messages_are_not(task: str) -> None:
    pairs = judged(task, coach.CRITERIA[task][0])
    assert share(pairs, False) >= 0.85
    assert share(pairs, True) >= 0.7


# --- able to show the words ---


@pytest.mark.parametrize(
    ("task", "name", "text", "words"),
    [
        ("decline", "confidential", "Thank you so much! I can't add you here. Good luck with the surgery on Monday.", "surgery"),
        ("decline", "redirects", "Thank you for asking! I keep this for family, but please call the office any time.", "call the office"),
        ("decline", "explains", "How kind of you! My Facebook is only for my family, so I won't accept. Take care!", "family"),
        ("public-reply", "safe", "Thank you for your kind words! It was a pleasure to have you as a patient.", "patient"),
        ("public-reply", "offline", "We are sorry to read this. Please call our office manager at 555-0142.", "call"),
        ("public-reply", "civil", "Perhaps read the sign next time before you whine. We did nothing wrong.", "whine"),
    ],
)  # fmt: skip
def test_the_words_that_led_to_a_judgement_are_shown(task: str, name: str, text: str, words: str) -> None:
    finding = coach.judge(task, text).findings[name]
    assert words in " … ".join(text[begin:end] for begin, end in finding.spans)


@every_task
def test_a_flagged_leak_always_shows_words(task: str) -> None:
    leak = coach.CRITERIA[task][0]
    assert all(found[leak].met or found[leak].spans for found in all_findings(task))


def test_what_the_post_itself_says_is_told_from_what_the_reply_adds() -> None:
    said = "My ankle has been swollen and purple since the match on Saturday, what should I do?"
    reply = "Since the match on Saturday is over, rest the ankle, and please call our nurse line."

    def safe(text: str, prompt: str) -> float:
        return float(network.read("public-reply", text, prompt)[0][network.LABELS["public-reply"].index("safe")])

    assert safe(reply, said) > safe(reply, "Anybody else stuck in traffic on the bridge?") + 1
    added = coach.judge("public-reply", f"{reply} Your last visit was only in May.", said).findings["safe"]
    assert not added.met and added.sure


# --- whatever is pasted ---


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "a sentence or two"),
        ("   \n ", "a sentence or two"),
        ("No.", "a sentence or two"),
        ("😀😀😀 🎉", "a sentence or two"),
        ("thanks but no " * 2_500, "more than 400 words"),
        ("Vielen Dank für die Anfrage, leider nehme ich hier keine Mandanten an, rufen Sie bitte an.", "English only"),
        ("شكرا جزيلا على طلب الصداقة لكن هذا الحساب للعائلة فقط", "English only"),
        ("感謝您的好友邀請 但是 這個帳號", "English only"),
        (MAIL, "address lines"),
    ],
)
@every_task
def test_what_it_cannot_judge_it_says_so_in_a_sentence(task: str, text: str, because: str) -> None:
    judgement = coach.judge(task, text)
    assert because in judgement.problem and judgement.problem.startswith("The coach can't judge this: ")
    assert not judgement.findings


def test_markup_is_judged_as_the_text_it_is() -> None:
    text = "<b>Thank you</b> for asking! I keep this for my family, so I won't accept. <script>alert(1)</script>"
    assert coach.judge("decline", text).findings["declines"].met


@every_task
@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=400), prompt=st.text(max_size=120))
def test_any_text_gets_the_same_whole_answer_twice(task: str, text: str, prompt: str) -> None:
    judgement = coach.judge(task, text, prompt)
    assert judgement == coach.judge(task, text, prompt)
    assert bool(judgement.problem) != bool(judgement.findings)
    findings = coach.findings(task, text, prompt)
    assert set(findings) == set(coach.CRITERIA[task])
    for finding in findings.values():
        ends = [edge for span in finding.spans for edge in span]
        assert ends == sorted(ends) and all(0 <= edge <= len(text) for edge in ends)


@every_task
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_shuffled_and_cut_messages_are_judged_too(task: str, data: st.DataObject) -> None:
    words = data.draw(st.permutations(SEALED[task][0].text.split()))
    text = " ".join(words)[: data.draw(st.integers(0, 300))] + data.draw(
        st.sampled_from(["", "\u202e", "\x00", "\ud800", "é" * 99])
    )
    coach.judge(task, text)
    coach.findings(task, text)


# --- pieces ---


@settings(deadline=None)
@given(st.text(max_size=200))
def test_pieces_stand_in_their_order_inside_the_text(text: str) -> None:
    after = 0
    for piece in cut(text, network.vocabulary()):
        assert after <= piece.begin < piece.end <= len(text)
        after = piece.end


def test_a_word_is_cut_into_the_longest_pieces_whatever_its_capitals_and_accents() -> None:
    numbers = {"[UNK]": 0, "walk": 1, "##ing": 2, "##in": 3, "cafe": 4}
    assert [(p.number, p.begin, p.end) for p in cut("Walking Café, xyz", numbers)] == [
        (1, 0, 4), (2, 4, 7), (4, 8, 12), (0, 12, 13), (0, 14, 17),
    ]  # fmt: skip


# --- small and late ---


def test_it_costs_a_lesson_nothing_before_it_is_asked() -> None:
    code = "import sys; from course import coach; print('numpy' in sys.modules, 'course.coach.network' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False False\n"


# --- labelled messages ---


def test_marks_become_labels_and_places(tmp_path: Path) -> None:
    file = tmp_path / "decline_toy.txt"
    file.write_text("law|facebook|DG|[w:Thanks!] [d:No], [x:poor knee].\nclinic|x|-|[r:Call us.]\n", encoding="utf-8")
    first, second = read(file)
    assert first.text == "Thanks! No, poor knee."
    assert [first.text[begin:end] for _, begin, end in first.spans] == ["Thanks!", "No", "poor knee"]
    assert [name for name, true in first.labels.items() if true] == ["declines", "gracious"]
    assert [name for name, true in second.labels.items() if true] == ["redirects", "confidential"]


def test_a_faulty_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "public_toy.txt"
    file.write_text("law|C|Hm.|Thank you.\nlaw|C|Thank you.\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"public_toy\.txt:2"):
        read(file)

"""The checks before and after the lessons, the policy and the led session, from ``course start`` in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import nbformat
import pytest
from msgspec.structs import replace
from playwright.sync_api import Locator, Page, WebSocket, expect

from course.bank import Bank
from course.journal import Journal
from course.model import Attempt, Check, Learner
from course.proctor import Proctor
from tests.browser.axe import findings
from tests.browser.keyboard import press, take_item
from tests.browser.running import Course, restart_kernel, wait_until_alone
from tests.exams import with_checks
from tests.toy import Toy

LED = "led: {title: A session together, activities: [pick-one, think-it-over]}\n"

BEST, FAIR, POOR, HARMFUL = "First of", "Other of", "Third of", "Fourth of"
"""How the texts of the toy items' options begin, by their marks."""

TELLING = re.compile(r'KEY|(?<!\\)"(verdict|outcome|points|harmful|critical|mark|reasons)"\s*:')
"""What tells of right and wrong in a message or in a saved notebook; quotes in a program's text are escaped there."""

IN_LOCAL_WORDS = """(iso) => [
    new Date(iso).toLocaleDateString([], { weekday: "long" }),
    new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
]"""
"""A moment's weekday and time of day, as this browser's user writes them."""


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """The toy course with both checks, and with a session that somebody leads."""
    toy = with_checks(tmp_path_factory.mktemp("toy checks") / "a course")
    outline = (toy.data / "course.yml").read_text(encoding="utf-8")
    toy.write("data/course.yml", outline + LED)
    cell = nbformat.v4.new_code_cell('from course import activities\n\nactivities("led-session")')
    session = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A session together"), cell])
    nbformat.write(session, toy.notebooks / "led-session.ipynb")
    return toy


@pytest.fixture(scope="module")
def course(new_course: Callable[..., Course], toy: Toy) -> Course:
    return new_course(data=toy.data)


class Seat:
    """Whoever sits at the course now, and what the journal knows of them."""

    def __init__(self, course: Course, toy: Toy) -> None:
        self._journal = Journal(course.environment["COURSE_JOURNAL"])
        self._bank = Bank(toy.data)
        self.learner: Learner = replace(self._journal.sit_down(), name="Kim Keys", profession="law", role="support")
        self._journal.save_profile(self.learner)

    def proctor(self, check: Check) -> Proctor:
        return Proctor(check, self._bank, self._journal, self.learner)

    def items(self, check: Check) -> tuple[str, ...]:
        """The items of the sitting that was begun last, in their order."""
        sitting = self.proctor(check).standing().sitting
        return sitting.items if sitting else ()

    def attempts(self) -> list[Attempt]:
        return self._journal.attempts(self.learner.id)


@pytest.fixture
def seat(course: Course, toy: Toy) -> Seat:
    """Somebody new has sat down."""
    return Seat(course, toy)


def panel(page: Page) -> Locator:
    return page.locator("section.course[data-kind=sitting]")


def shown(page: Page) -> Locator:
    """The one question that is shown while a check is open."""
    return panel(page).locator("form:visible")


def question(page: Page, item: str) -> Locator:
    return panel(page).locator("form").filter(has=page.locator("h3", has_text=re.compile(f"^Title of {item}$")))


def heading(page: Page, item: str) -> Locator:
    return page.get_by_role("heading", name=f"Title of {item}", exact=True)


def button(page: Page, name: str) -> Locator:
    return panel(page).get_by_role("button", name=name)


def option(page: Page, item: str, text: str) -> str:
    """The value under which an option is sent."""
    return question(page, item).get_by_label(text).get_attribute("value") or ""


def open_check(page: Page, course: Course, check: Check, begin: str = "") -> None:
    page.goto(course.url(check))
    panel(page).wait_for()
    if begin:
        button(page, begin).click()
        shown(page).wait_for()


def answer(page: Page, item: str, option: str, sure: str = "Fairly sure") -> None:
    """Answers the question that is shown, and waits until that is saved."""
    card = question(page, item)
    card.get_by_label(option).check()
    card.get_by_label(sure, exact=True).check()
    card.locator("button[type=submit]").click()
    expect(card.locator(".course-status")).to_contain_text("Saved")


def answer_all(page: Page, items: tuple[str, ...], options: Callable[[str], str] = lambda item: BEST) -> None:
    for item in items:
        answer(page, item, options(item))


def finish(page: Page) -> None:
    button(page, "Finish and see the result").click()
    expect(button(page, "Finish and see the result")).to_have_count(0)


# --- the way through ---


def test_the_check_before_is_taken_by_keyboard_alone(page: Page, course: Course, seat: Seat) -> None:
    open_check(page, course, "before")
    expect(panel(page)).to_contain_text("There is nothing to pass here")
    press(page, button(page, "Begin"))
    expect(panel(page).get_by_role("heading", name="Before", exact=True)).to_be_focused()
    first, second = seat.items("before")
    expect(shown(page)).to_have_count(1)
    take_item(page, question(page, first), option(page, first, HARMFUL), "guess")
    expect(heading(page, second)).to_be_focused()
    expect(shown(page)).to_have_count(1)
    take_item(page, question(page, second), option(page, second, POOR), "sure")
    expect(button(page, "Finish and see the result")).to_be_focused()
    page.keyboard.press("Enter")

    expect(panel(page).get_by_role("heading", name="Before", exact=True)).to_be_focused()
    expect(panel(page)).to_contain_text("0 of 2 points. It counts toward nothing")
    expect(panel(page).locator("form h3")).to_have_text([f"Title of {item}" for item in (second, first)])
    expect(question(page, second)).to_contain_text("You were sure of this one.")
    expect(question(page, second)).to_contain_text(f"KEY {second} poor.")
    expect(question(page, first)).not_to_contain_text("You were sure of this one.")
    expect(question(page, first)).to_contain_text(f"KEY {first} harmful.")
    lesson = "First lesson" if second.endswith("greet") else "Second lesson"
    press(page, question(page, second).get_by_role("link", name=f"Read again: {lesson}"))
    expect(page).to_have_title(f"{lesson} · Toy Course")


def test_a_question_is_saved_only_with_how_sure_one_is(page: Page, course: Course, seat: Seat) -> None:
    open_check(page, course, "before", "Begin")
    item, _ = seat.items("before")
    save = question(page, item).get_by_role("button", name="Save and go on")
    save.click()
    expect(question(page, item).get_by_role("alert")).to_have_text("Choose one first.")
    question(page, item).get_by_label(BEST).check()
    save.click()
    expect(question(page, item).get_by_role("alert")).to_contain_text("Say how sure you are, too.")
    assert seat.attempts() == []
    answer(page, item, BEST, "A guess")
    (attempt,) = seat.attempts()
    assert (attempt.activity, attempt.confidence) == (item, "guess")


def test_a_check_goes_on_where_it_was_left(page: Page, course: Course, seat: Seat) -> None:
    open_check(page, course, "before", "Begin")
    first, second = seat.items("before")
    answer(page, first, POOR, "Sure")
    for come_back in (page.reload, lambda: restart_kernel(page)):
        come_back()
        expect(heading(page, second)).to_be_visible()
        expect(panel(page).get_by_text("1 of 2 still open.")).to_be_visible()
        button(page, "Back").click()
        expect(heading(page, first)).to_be_focused()
        expect(question(page, first).get_by_label(POOR)).to_be_checked()
        expect(question(page, first).get_by_label("Sure", exact=True)).to_be_checked()
    answer(page, first, BEST, "Sure")
    expect(heading(page, second)).to_be_focused()
    answer(page, second, BEST)
    finish(page)
    expect(panel(page)).to_contain_text("2 of 2 points")
    expect(panel(page)).to_contain_text("Every answer was the best one here.")
    assert [attempt.activity for attempt in seat.attempts()] == [first, first, second]


@pytest.mark.parametrize("check", ["before", "final"])
def test_nothing_is_said_of_an_answer_before_the_end(page: Page, course: Course, seat: Seat, check: Check) -> None:
    heard: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda f: heard.append(f if isinstance(f, str) else f.decode(errors="replace")))

    page.goto(course.address)  # where whoever sits down says so: kernels of other learners end
    page.get_by_role("heading", name="Welcome, Kim Keys").wait_for()
    wait_until_alone(page)
    page.on("websocket", listen)
    with saved_with_widgets(course):
        open_check(page, course, check, "Begin")
        for item, choice in zip(seat.items(check), (HARMFUL, BEST, POOR, FAIR), strict=False):
            answer(page, item, choice)
            assert told(page) == []
        page.reload()
        expect(panel(page).get_by_text(f"All {len(seat.items(check))} answered.")).to_be_visible()
        answer(page, seat.items(check)[0], POOR)
        assert told(page) == []
        assert "widget-state" in (saved := save_notebook(page, course, check)), "the notebook is saved with its widgets"
        assert any("withheld" in text for text in heard), "the test hears what the page is sent"
        assert [found[0] for text in (saved, *heard) if (found := TELLING.search(text))] == []

        heard.clear()
        finish(page)
        assert told(page) != []
        assert any(TELLING.search(text) for text in heard)
        assert TELLING.search(save_notebook(page, course, check))


def told(page: Page) -> list[str]:
    """What the page tells of right and wrong, seen or hidden."""
    said = page.locator(".course-headline, .course-note, .course-badge, .course-quotation, .course-more")
    return [*said.all_text_contents(), *re.findall(r"KEY.{0,30}", page.content())]


@contextmanager
def saved_with_widgets(course: Course) -> Iterator[None]:
    """Notebooks that are saved meanwhile hold the state of their widgets."""
    course.set("@jupyter-widgets/jupyterlab-manager:plugin", saveState=True)
    yield
    course.set("@jupyter-widgets/jupyterlab-manager:plugin", saveState=False)


def save_notebook(page: Page, course: Course, check: Check) -> str:
    """What is in the notebook's file after it was saved from the menu."""
    page.get_by_role("menuitem", name="File").click()
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/api/contents" in answer.url):
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Save Notebook$")).click()
    return (course.lessons / f"{check}.ipynb").read_text(encoding="utf-8")


# --- its end ---


def test_a_check_cannot_be_finished_early(page: Page, course: Course, seat: Seat) -> None:
    open_check(page, course, "final", "Begin")
    items = seat.items("final")
    alert = panel(page).locator("> .course-alert")
    expect(alert).to_have_role("alert")
    for said, item in zip(
        ("4 questions are", "3 questions are", "2 questions are", "1 question is"), items, strict=True
    ):
        button(page, "Finish and see the result").click()
        expect(alert).to_have_text(f"{said} still open. Answer first.")
        answer(page, item, BEST)
    finish(page)
    expect(alert).to_be_empty()


def test_a_passed_final_check_stands_on_the_start_page(page: Page, course: Course, seat: Seat) -> None:
    open_check(page, course, "final", "Begin")
    answer_all(page, seat.items("final"))
    finish(page)
    expect(panel(page)).to_contain_text("Passed, with 4 of 4 points.")
    expect(page.get_by_text("Part 4 of 4: all 4 answered.")).to_be_visible()
    page.get_by_role("link", name="Start page").click()
    passed = datetime.fromisoformat(seat.proctor("final").standing().passed)
    expect(page.get_by_text(f"The final check was passed on {day(passed)}.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="At the end")).to_contain_text("all 4 answered")
    assert f"Final check: passed on {passed:%Y-%m-%d}" in course.status()


def test_a_failed_final_check_says_from_when_the_next_try_is_open(page: Page, course: Course, seat: Seat) -> None:
    open_check(page, course, "final", "Begin")
    answer_all(page, seat.items("final"), lambda item: POOR)
    finish(page)
    standing = seat.proctor("final").standing()
    assert standing.sitting
    then = datetime.fromisoformat(standing.sitting.finished) + timedelta(days=1)
    weekday, clock = page.evaluate(IN_LOCAL_WORDS, then.isoformat())
    for come_back in (page.reload, None):
        expect(panel(page)).to_contain_text("Not passed yet: 0 of 4 points.")
        expect(panel(page)).to_contain_text("The next try, with other questions, is open from")
        expect(panel(page)).to_contain_text(weekday)
        expect(panel(page)).to_contain_text(clock)
        expect(panel(page).locator("button:visible")).to_have_count(0)
        if come_back:
            come_back()
            panel(page).wait_for()
    assert "Final check: not passed yet" in course.status()


def test_one_critical_slip_leads_to_three_fresh_questions(page: Page, course: Course, seat: Seat) -> None:
    open_check(page, course, "final", "Begin")
    items = seat.items("final")
    slip = next(item for item in items if item.startswith("slip"))
    answer_all(page, items, lambda item: HARMFUL if item == slip else BEST)
    finish(page)
    expect(panel(page)).to_contain_text(
        "3 of 4 points: enough. But one answer would have broken somebody's confidence."
    )
    expect(panel(page)).to_contain_text("Read “First lesson” again, then answer three fresh questions")
    expect(panel(page).locator("form h3")).to_have_text([f"Title of {slip}"])
    button(page, "Begin the three questions").click()
    expect(panel(page).get_by_text("3 of 3 still open.")).to_be_visible()
    fresh = seat.items("final")
    assert len(fresh) == 3 and not set(fresh) & set(items)
    answer_all(page, fresh)
    finish(page)
    expect(panel(page)).to_contain_text("Passed, with 3 of 3 points.")
    assert "Final check: passed on" in course.status()


# --- the policy and the session ---


def test_the_policy_is_confirmed_once(page: Page, course: Course, seat: Seat) -> None:
    page.goto(course.url("final"))
    policy = page.locator("section.course[data-kind=acknowledge]")
    press(page, policy.get_by_role("button", name="Confirm"))
    expect(policy.get_by_role("alert").first).to_have_text("Read the policy and tick the box first.")
    assert "policy: not confirmed yet" in course.status()
    policy.get_by_label("I have read the toy policy, version 1.").check()
    press(page, policy.get_by_role("button", name="Confirm"))
    confirmed = "You have confirmed that you read the toy policy, version 1."
    expect(policy).to_contain_text(confirmed)
    expect(policy.get_by_role("heading")).to_be_focused()
    page.reload()
    expect(policy).to_contain_text(confirmed)
    expect(policy.get_by_role("button")).to_have_count(0)
    assert "policy: confirmed" in course.status()


def test_a_led_session_records_who_attended(page: Page, course: Course, seat: Seat) -> None:
    page.goto(course.address)
    page.get_by_role("link", name="A session together").click()
    together = page.locator("section.course[data-kind=set]")
    together.get_by_label("Wait a day").check()
    together.get_by_role("button", name="Answer").click()
    expect(together).to_contain_text("KEY-fair why.")
    assert "Attended" not in course.status()
    together.get_by_role("button", name="Next").click()
    expect(together.get_by_role("heading", name="Think it over")).to_be_focused()
    together.get_by_label("What would you say?").fill("I would thank her.")
    together.get_by_role("button", name="Done").click()
    expect(together).to_contain_text("All 2 answered.")
    attended = datetime.fromisoformat(seat.attempts()[-1].at)
    assert f"Attended a session on {attended:%Y-%m-%d}" in course.status()
    page.goto(course.address)
    expect(page.get_by_text(f"You attended a session on {day(attended)}")).to_be_visible()


# --- for everybody ---


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_any_state_of_a_check(page: Page, course: Course, seat: Seat, theme: str) -> None:
    course.set("@jupyterlab/apputils-extension:themes", theme=theme)
    open_check(page, course, "final")
    policy = page.locator("section.course[data-kind=acknowledge]")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", theme)
    policy.get_by_role("button", name="Confirm").click()
    assert findings(page, "section.course") == [], "ready, and the policy unread"
    button(page, "Begin").click()
    button(page, "Finish and see the result").click()
    shown(page).get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert").filter(has_text="Choose one first.")).to_be_visible()
    assert findings(page, "section.course") == [], "open, one at a time"
    answer_all(page, seat.items("final"), lambda item: HARMFUL)
    panel(page).get_by_label("All at once").check()
    assert findings(page, "section.course") == [], "open, all at once"
    finish(page)
    for more in panel(page).locator("summary").all():
        more.click()
    policy.get_by_role("checkbox").check()
    policy.get_by_role("button", name="Confirm").click()
    expect(policy).to_contain_text("You have confirmed")
    assert findings(page, "section.course") == [], "finished, and the policy confirmed"


def day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"

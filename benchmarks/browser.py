"""Our widgets in a real browser, beside stock ipywidgets and jupyterquiz, in one run.

    python -m benchmarks.browser [ROUNDS]

The same questions four ways, ten and forty at a time: ours one by one, ours as one set, stock
ipywidgets (RadioButtons, Button, Label), jupyterquiz. Each notebook is run with "Run all" in a page
of its own with a kernel that has the libraries imported, and timed in the page from the command to
the frame in which the last question stands. Click to feedback is timed in the page as well.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.table import percentile, show, spread
from tests.browser import chromium
from tests.browser.running import FLAGS, Course
from tests.stories import long_story

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
CLICKS = 40
ROOT = Path(__file__).parent.parent
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
OPTIONS = ["Say no kindly, and say why", "Wait a day before answering", "Say nothing at all", "Accept and chat"]
MARKS = ["best", "acceptable", "poor", "harmful"]

STOCK = """
import ipywidgets
def ask(n):
    radio = ipywidgets.RadioButtons(options={options!r}, value=None, description=f"Question {{n}}")
    said, button = ipywidgets.Label(), ipywidgets.Button(description="Answer")
    said.add_class("said")
    clicks = []
    def told(_):
        clicks.append(1)
        said.value = f"You chose {{radio.value}}, try {{len(clicks)}}"
    button.on_click(told)
    return ipywidgets.VBox([radio, button, said])
"""

QUIZ = """
from jupyterquiz import display_quiz
def quiz(numbers):
    answers = [{{"answer": o, "correct": n == 0, "feedback": "Because."}} for n, o in enumerate({options!r})]
    question = lambda n: {{"question": f"Question {{n}}: what do you do?", "type": "multiple_choice", "answers": answers}}
    display_quiz([question(n) for n in numbers])
"""

RUN_ALL = """
async ([selector, count]) => {
    const began = performance.now();
    window.jupyterapp.commands.execute("notebook:run-all-cells");
    while (document.querySelectorAll(selector).length < count) {
        await new Promise(requestAnimationFrame);
        if (performance.now() - began > 60000) throw new Error(`${selector} was not drawn ${count} times`);
    }
    return performance.now() - began;
}
"""

CLEAR = """
async (selector) => {
    const began = performance.now();
    await window.jupyterapp.commands.execute("notebook:clear-all-cell-outputs");
    while (document.querySelectorAll(selector).length) {
        await new Promise(requestAnimationFrame);
        if (performance.now() - began > 30000) throw new Error(`${selector} did not go`);
    }
}
"""

OURS_CLICK = """
async (n) => {
    const card = document.querySelector("section.course");
    const inputs = card.querySelectorAll("input[type=radio]");
    const choose = inputs[n % inputs.length];
    if (choose.checked) inputs[(n + 1) % inputs.length].click(); else choose.click();
    const region = card.querySelector(".course-feedback");
    const told = new Promise((done) => new MutationObserver(done).observe(region, { childList: true }));
    const began = performance.now();
    card.querySelector("button[type=submit]").click();
    const late = new Promise((_, no) => setTimeout(() => no(new Error("no feedback came")), 20000));
    await Promise.race([told, late]);
    return performance.now() - began;
}
"""

SCENE_CLICK = """
async () => {
    const story = document.querySelector("section.course");
    story.querySelector("input[type=radio]").click();
    const place = story.querySelector(".course-place").textContent;
    const began = performance.now();
    story.querySelector("button[type=submit]").click();
    while (story.querySelector(".course-place").textContent === place) {
        await new Promise(requestAnimationFrame);
        if (performance.now() - began > 20000) throw new Error("no scene came");
    }
    return performance.now() - began;
}
"""

STOCK_CLICK = """
async () => {
    const box = document.querySelector(".said");
    const told = new Promise((done) => new MutationObserver(done).observe(box, { childList: true, characterData: true, subtree: true }));
    const began = performance.now();
    document.querySelector(".jp-OutputArea button.widget-button").click();
    const late = new Promise((_, no) => setTimeout(() => no(new Error("no feedback came")), 20000));
    await Promise.race([told, late]);
    return performance.now() - began;
}
"""


def question(n: int) -> dict[str, Any]:
    feedback = {"happens": "She hears you.", "why": "It is kind.", "do": "Say so."}
    options = [{"text": o, "mark": m, "feedback": feedback} for o, m in zip(OPTIONS, MARKS, strict=True)]
    return {
        "kind": "choice",
        "id": f"question-{n}",
        "title": f"Question {n}",
        "objective": "greet",
        "level": "easy",
        "stem": "What do you do?",
        "claims": ["L1"],
        "options": options,
    }


def course_of(folder: Path) -> Path:
    """A course with one lesson of ten and one of forty questions, and with a long story."""
    shutil.copytree(ROOT / "tests" / "toy_course", folder / "data")
    shutil.copytree(ROOT / "tests" / "toy_notebooks", folder / "notebooks")
    for lesson, first, count in (("first", 0, 10), ("second", 100, 40)):
        ids = range(first, first + count)
        path = folder / "data" / "activities" / f"{lesson}.yml"
        path.write_text(json.dumps([question(n) for n in ids]), encoding="utf-8")
        cells = [f'from course import progress\n\nprogress("{lesson}")', *map(ours, ids)]
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=KERNEL)
        nbformat.write(notebook, folder / "notebooks" / f"{lesson}.ipynb")
    (folder / "data" / "ids.yml").write_text("{}", encoding="utf-8")  # the toy's own activities are gone
    (folder / "data" / "stories").mkdir()
    story = msgspec.structs.replace(long_story(300), id="long")
    (folder / "data" / "stories" / "long.yml").write_bytes(msgspec.json.encode(story))
    outline = folder / "data" / "course.yml"
    lesson = "  - {id: told, title: Told, objective: greet, stories: [long]}\n"
    outline.write_text(
        outline.read_text(encoding="utf-8").replace("objectives:", f"{lesson}objectives:"), encoding="utf-8"
    )
    notebook = new_notebook(cells=[new_code_cell(SCENE)], metadata=KERNEL)
    nbformat.write(notebook, folder / "notebooks" / "told.ipynb")
    return folder / "data"


SCENE = 'from course import story\n\nstory("long")'


def ours(n: int) -> str:
    return f'from course import activity\n\nactivity("question-{n}")'


def variants(count: int) -> dict[str, tuple[list[str], str, int]]:
    """For each way: its cells, what one drawn question looks like, and how many there will be."""
    first = 0 if count == 10 else 100
    lesson = "first" if count == 10 else "second"
    stock, quiz = STOCK.format(options=OPTIONS), QUIZ.format(options=OPTIONS)
    return {
        "ours, one by one": ([ours(first + n) for n in range(count)], "form.course-card", count),
        "ours, one set, all at once": (
            [f'from course import activities\n\nactivities("{lesson}", paged=False)'],
            "form.course-card",
            count,
        ),
        "stock ipywidgets": ([stock, *(f"ask({n})" for n in range(count))], ".widget-radio-box", count),
        "jupyterquiz, one by one": ([quiz, *(f"quiz([{n}])" for n in range(count))], ".Quiz", count),
        "jupyterquiz, one call": ([quiz, f"quiz(range({count}))"], ".Quiz", count),
    }


def open_page(browser: Browser, course: Course, name: str, cells: Sequence[str]) -> Page:
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=KERNEL)
    nbformat.write(notebook, course.lessons / f"{name}.ipynb")
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(120_000)
    page.goto(course.url(name))
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    return page


def close_page(page: Page, course: Course) -> None:
    """Closes a page and its kernel, so that the next one has the machine to itself."""
    page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
    page.close()


def run_all(browser: Browser, course: Course) -> dict[tuple[int, str], list[float]]:
    """Milliseconds of "Run all" with a warm kernel: ROUNDS times in turns."""
    times: dict[tuple[int, str], list[float]] = {}
    for count in (10, 40):
        for _ in range(ROUNDS):
            for name, (cells, selector, drawn) in variants(count).items():
                print(f"  {count} questions, {name} ...", file=sys.stderr, flush=True)
                page = open_page(browser, course, "measured", cells)
                page.evaluate(RUN_ALL, [selector, drawn])
                page.evaluate(CLEAR, selector)
                times.setdefault((count, name), []).append(page.evaluate(RUN_ALL, [selector, drawn]))
                close_page(page, course)
    return times


def clicks(browser: Browser, course: Course) -> dict[str, list[float]]:
    """Milliseconds from click to feedback, the first few left out."""
    found: dict[str, list[float]] = {"ours": [], "ours, a story's next scene": [], "stock ipywidgets": []}
    ways: dict[str, tuple[list[str], str, str]] = {
        "ours": ([ours(0)], "form.course-card", OURS_CLICK),
        "ours, a story's next scene": ([SCENE], ".course-story", SCENE_CLICK),
        "stock ipywidgets": ([STOCK.format(options=OPTIONS), "ask(1)"], ".widget-radio-box", STOCK_CLICK),
    }
    for _ in range(max(2, ROUNDS // 2)):
        for name, (cells, selector, click) in ways.items():
            page = open_page(browser, course, "measured", cells)
            page.evaluate(RUN_ALL, [selector, 1])
            page.wait_for_timeout(500)
            found[name] += [page.evaluate(click, n) for n in range(CLICKS)][3:]
            close_page(page, course)
    return found


def seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def openings(browser: Browser, reader: Course, plain: Course) -> tuple[list[float], list[float], list[float]]:
    """Opening a lesson of ten in the reader; an empty notebook in plain JupyterLab, opened and run; the ten, run cold."""
    lesson, empty, cold = [], [], []
    for _ in range(ROUNDS):
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.set_default_timeout(120_000)

        def open_lesson(page: Page = page) -> None:
            page.goto(reader.url("first"))
            page.wait_for_function("() => document.querySelectorAll('form.course-card').length === 10", polling="raf")

        lesson.append(seconds(open_lesson))
        page.evaluate("""async () => {
            const base = JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl;
            const token = document.cookie.match(/_xsrf=([^;]*)/)?.[1];
            for (const s of await (await fetch(`${base}api/sessions`)).json())
                await fetch(`${base}api/sessions/${s.id}`, { method: "DELETE", headers: { "X-XSRFToken": token } });
        }""")
        page.close()

        nbformat.write(new_notebook(cells=[new_code_cell("'drawn'")], metadata=KERNEL), plain.lessons / "empty.ipynb")
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.set_default_timeout(120_000)

        def open_empty(page: Page = page) -> None:
            page.goto(plain.url("empty"))
            page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
            page.evaluate(RUN_ALL, [".jp-OutputArea-output", 1])

        empty.append(seconds(open_empty))
        close_page(page, plain)

        page = open_page(browser, plain, "measured", [ours(n) for n in range(10)])
        cold.append(page.evaluate(RUN_ALL, ["form.course-card", 10]))
        close_page(page, plain)
    return lesson, empty, cold


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = course_of(Path(folder) / "course")
        courses = []
        for name, flags in (("plain", ["--author"]), ("reader", [])):
            (Path(folder) / name).mkdir()
            courses.append(Course(Path(folder) / name, *flags, data=data, exposed=True))
        plain, reader = courses
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        try:
            drawn = run_all(browser, plain)
            clicked = clicks(browser, plain)
            lesson, empty, cold = openings(browser, reader, plain)
        finally:
            browser.close()
            for course in courses:
                course.stop()

    def ratio(count: int, name: str, base: str) -> str:
        return f"{median(drawn[count, name]) / median(drawn[count, base]):.2f}"

    quiz = "jupyterquiz, one by one"
    show(
        f"Run all to last question drawn, warm kernel, {ROUNDS} rounds in turns",
        ["questions", "way", "ms, median [middle half]", "times jupyterquiz"],
        [[str(count), name, spread(times, 0), ratio(count, name, quiz)] for (count, name), times in drawn.items()],
    )
    print("  aims: ours one by one at ten at most 1.15; ours as a set of forty at most 0.25\n")
    p50 = {name: percentile(times, 50) for name, times in clicked.items()}
    p95 = {name: percentile(times, 95) for name, times in clicked.items()}
    show(
        "Click to feedback (ours with the durable save in it)",
        ["way", "ms, median [middle half]", "p95"],
        [[name, spread(times), f"{p95[name]:.1f}"] for name, times in clicked.items()],
    )
    stock = "stock ipywidgets"
    print(f"  p50 {p50['ours'] / p50[stock]:.2f} times (aim 1.25), p95 {p95['ours'] / p95[stock]:.2f} times (aim 2)\n")
    scene = p50["ours, a story's next scene"] / p50[stock]
    print(f"  a story's next scene: p50 {scene:.2f} times (aim 1.25)\n")
    total = median(empty) + median(cold)
    show(
        f"Open a lesson of ten on a running server to usable, {ROUNDS} rounds in turns",
        ["what", "ms, median [middle half]"],
        [
            ["a lesson in the reader, cold kernel", spread(lesson, 0)],
            ["an empty notebook opened and run", spread(empty, 0)],
            ["the ten questions run in a cold kernel", spread(cold, 0)],
            ["ratio (aim at most 1.1)", f"{median(lesson) / total:.2f}"],
        ],
    )


if __name__ == "__main__":
    main()

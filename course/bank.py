"""The only reader of ``data/``: what is asked, why, and in which practice's name."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any, TypeVar, get_args

import msgspec
from yaml.nodes import Node

from course import grading, plot, policy, yaml12
from course.errors import ContentError, Fault, UnknownActivity
from course.model import (
    Activity,
    Articles,
    Claim,
    Compose,
    Connection,
    Criterion,
    Feedback,
    Lesson,
    Option,
    Outline,
    PolicyTable,
    Practice,
    Profession,
    Reason,
    Request,
    Role,
    Situation,
    Source,
    Story,
    Task,
    Wording,
)
from course.policy import Decision
from course.tally import Stop

T = TypeVar("T")

WOVEN = ("name", "line", "page", "website", "phone", "ask", "approver")
"""The values of a practice that stand in prose and activities and are replaced by one's own."""


class Bank:
    """The authored content of one folder, in the name of one practice.

    ``folder`` holds the data files; without it, ``COURSE_DATA`` or the checkout's ``data/`` does.
    ``practice`` is a file to use in place of the folder's ``practice.yml``; without it,
    ``COURSE_PRACTICE`` names one. Raises ContentError where the outline or a practice has a fault.
    """

    def __init__(self, folder: Path | None = None, practice: Path | None = None) -> None:
        self.folder = folder or data_folder()
        chosen = practice or _from_environment("COURSE_PRACTICE")
        self.outline = read(self.folder / "course.yml", Outline)
        self.default_practice = read(self.folder / "practice.yml", Practice)
        self.practice = read(chosen, Practice) if chosen else self.default_practice
        self._read: dict[Path, list[Activity] | ContentError] = {}
        self._stories: dict[str, Story] = {}
        self._objectives: dict[Profession, dict[str, str]] = {}
        self._syllabi: dict[tuple[Profession | None, Role | None], tuple[Stop, ...]] = {}

    @cached_property
    def practice_hash(self) -> str:
        """SHA-256 of the practice in use, which every attempt records."""
        return content_hash(self.practice)

    # --- activities ---

    @cached_property
    def _lesson_files(self) -> dict[str, Path]:
        taught = (lesson.id for lesson in self.outline.lessons if not lesson.check and not lesson.stories)
        return {lesson: activities_file(self.folder, lesson) for lesson in taught}

    @cached_property
    def _all_files(self) -> list[Path]:
        return [*self._lesson_files.values(), *pool_files(self.folder)]

    def _in_file(self, path: Path) -> list[Activity] | ContentError:
        """One file's activities, read when first asked for: a cell needs one file and not all of them.

        One faulty file must not take the others down with it.
        """
        if path not in self._read:
            try:
                self._read[path] = read(path, list[Activity])
            except ContentError as error:
                self._read[path] = error
        return self._read[path]

    def all_authored(self) -> Iterator[Activity]:
        """Every activity of every readable file, as its author wrote it: lessons first, then the checks' items."""
        for path in self._all_files:
            found = self._in_file(path)
            if not isinstance(found, ContentError):
                yield from found

    @cached_property
    def activities_by_lesson(self) -> dict[str, tuple[str, ...]]:
        """The ids of each lesson's activities, in the order in which they are met."""
        found = {lesson: self._in_file(path) for lesson, path in self._lesson_files.items()}
        return {
            lesson: () if isinstance(entries, ContentError) else tuple(dict.fromkeys(a.id for a in entries))
            for lesson, entries in found.items()
        }

    def objectives(self, profession: Profession) -> dict[str, str]:
        """Every activity and item that there is for a profession, with its objective."""
        if profession not in self._objectives:
            met = (a for a in self.all_authored() if is_for(a, profession))
            self._objectives[profession] = {activity.id: activity.objective for activity in met}
        return self._objectives[profession]

    def pool(self, name: str, profession: Profession) -> list[Activity]:
        """The items of a pool that are for this profession: ``before-a``, ``before-b`` or ``final``.

        A pool may be spread over several files whose names begin with its own. Raises ContentError
        where one of them can't be read: a check with items missing would not be the same check.
        """
        items = []
        for path in pool_files(self.folder):
            if is_of_pool(path.stem, name):
                found = self._in_file(path)
                if isinstance(found, ContentError):
                    raise found
                items += [item for item in found if is_for(item, profession)]
        return items

    def syllabus(self, profession: Profession | None, role: Role | None) -> tuple[Stop, ...]:
        """The lessons in their order, as this learner meets them, with how long each part takes."""
        if (profession, role) not in self._syllabi:
            track = self.outline.tracks.get(role) if role else None
            for_whom = profession or self.practice.profession
            stops = (
                self._stop(lesson, for_whom, track is None or lesson.id in track) for lesson in self.outline.lessons
            )
            self._syllabi[profession, role] = tuple(stops)
        return self._syllabi[profession, role]

    def _stop(self, lesson: Lesson, profession: Profession, required: bool) -> Stop:
        if lesson.check:
            return self._check_stop(lesson, profession)
        if lesson.stories:
            return self._story_stop(lesson, profession, required)
        return self._lesson_stop(lesson, profession, required)

    def _lesson_stop(self, lesson: Lesson, profession: Profession, required: bool) -> Stop:
        met = [self.activity(i, profession) for i in self.activities_by_lesson[lesson.id]]
        return Stop(
            lesson=lesson.id,
            title=self.weave(lesson.title),
            required=required,
            core={a.id: grading.seconds(a) for a in met if not a.extra},
            extra={a.id: grading.seconds(a) for a in met if a.extra},
            prose=grading.reading(self.prose(lesson.id)),
        )

    def _story_stop(self, lesson: Lesson, profession: Profession, required: bool) -> Stop:
        """Of a lesson's stories the first one of the learner's profession belongs to it; the others are further practice."""
        stories = [self.story(i) for i in lesson.stories]
        own = [told.id for told in stories if told.profession in (profession, "everyone")]
        lengths = {told.id: _story_seconds(told) for told in stories}
        return Stop(
            lesson=lesson.id,
            title=self.weave(lesson.title),
            required=required,
            core={i: lengths[i] for i in own[:1]},
            extra={i: length for i, length in lengths.items() if i not in own[:1]},
            prose=grading.reading(self.prose(lesson.id)),
        )

    def _check_stop(self, lesson: Lesson, profession: Profession) -> Stop:
        """A check is as long as its number of items of a usual length; nothing is said of them before its end.

        The first form serves as the measure of both checks, which are alike; the large pool need not be read.
        """
        try:
            items = self.pool("before-a", profession)
        except ContentError:  # said where the check is taken; the lessons go on
            items = []
        shares = self.outline.blueprint.values()
        count = sum(share.before if lesson.check == "before" else share.final for share in shares)
        seconds = count * fmean([grading.seconds_to_answer(item) for item in items] or [0])
        return Stop(lesson.id, self.weave(lesson.title), True, {}, {}, seconds, lesson.check, count)

    def prose(self, lesson: str) -> str:
        """The prose of a lesson's notebook; empty where there is none to be read."""
        try:
            notebook = json.loads((notebooks_folder(self.folder) / f"{lesson}.ipynb").read_text(encoding="utf-8"))
            cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
            return "\n\n".join("".join(cell["source"]) for cell in cells)
        except (OSError, ValueError, LookupError, TypeError):
            return ""

    def authored(self, activity_id: str, profession: Profession | None = None) -> Activity:
        """The variant of an activity that is for this profession, as its author wrote it.

        Without a profession, the practice's own decides. Raises UnknownActivity where no file
        holds the id, and ContentError where it may stand in a file that can't be read.
        """
        for path in self._files_that_name(activity_id):
            found = self._in_file(path)
            for variant in (profession or self.practice.profession, "everyone"):
                for activity in () if isinstance(found, ContentError) else found:
                    if (activity.id, activity.variant) == (activity_id, variant):
                        return activity
        everything = [self._in_file(path) for path in self._all_files]
        faults = [fault for found in everything if isinstance(found, ContentError) for fault in found.faults]
        if faults:
            raise ContentError(faults)
        raise UnknownActivity(
            f"There is no activity called '{activity_id}'. Look for a typing mistake in this cell, "
            "or ask whoever looks after the course to run 'course check'."
        )

    def _files_that_name(self, activity_id: str) -> Iterator[Path]:
        """The files that may hold an activity: those read already, then those whose text has its id in it."""
        yield from list(self._read)
        for path in self._all_files:
            if path not in self._read and _may_name(path, activity_id):
                yield path

    def activity(self, activity_id: str, profession: Profession | None = None) -> Activity:
        """The same as ``authored``, in the name of the practice in use.

        An activity whose rule that practice could not have stays in the name of the default one.
        """
        authored = self.authored(activity_id, profession)
        whole: Activity = authored
        if isinstance(authored, Connection):
            whole = self._decided(authored, profession)
        elif isinstance(authored, Compose):
            whole = msgspec.structs.replace(authored, criteria=self.coaching[authored.task])
        if self.practice == self.default_practice or self.is_elsewhere(authored):
            return whole
        woven = _map_texts(msgspec.to_builtins(whole), self.weave)
        return msgspec.convert(woven, type(authored))

    @cached_property
    def policy(self) -> PolicyTable:
        """The table by which requests are decided."""
        return read(self.folder / "policy.yml", PolicyTable)

    def decide(self, request: Request, profession: Profession | None) -> Decision:
        """What the practice's line makes of a request to somebody of this profession."""
        practice = msgspec.structs.replace(self.practice, profession=profession or self.practice.profession)
        return policy.decide(request, practice, self.policy)

    def wording(self, authored: Activity, profession: Profession | None) -> tuple[Any, ...]:
        """What somebody of this profession answers: an activity; of a request, by which line it is decided, too."""
        if isinstance(authored, Connection):
            return authored, self.decide(authored.request, profession)
        return (authored,)

    def wordings(self) -> Iterator[tuple[Activity | Story, Profession | None, str]]:
        """Everything that can be answered, for whom (None: everybody), and the hash recorded with an answer to it."""
        for profession in get_args(Profession):
            for authored in self.all_authored():
                if is_for(authored, profession):
                    yield authored, profession, content_hash(*self.wording(authored, profession))
        for lesson in self.outline.lessons:
            for told in map(self.authored_story, lesson.stories):
                yield told, None, content_hash(told)

    @cached_property
    def coaching(self) -> dict[Task, tuple[Criterion, ...]]:
        """What the coach says, criterion by criterion."""
        return read(self.folder / "coach.yml", dict[Task, tuple[Criterion, ...]])

    def _decided(self, authored: Connection, profession: Profession | None) -> Connection:
        """A request with each action judged by the practice's line."""
        decision = self.decide(authored.request, profession)
        place = self.policy.places[decision.where]
        options = tuple(
            Option(
                text=self.policy.actions[action].replace("{place}", place),
                mark=judged.mark,
                feedback=Feedback(happens=authored.happens[action], why=judged.why, do=judged.do),
            )
            for action, judged in decision.actions.items()
        )
        return msgspec.structs.replace(
            authored,
            options=options,
            claims=tuple(dict.fromkeys((*authored.claims, *decision.claims))),
            sources=tuple(dict.fromkeys((*authored.sources, *decision.sources))),
        )

    def is_elsewhere(self, authored: Activity) -> bool:
        """Whether an activity is about another practice: its stance, or its Page, is not the learner's own."""
        if authored.stances and self.practice.stance not in authored.stances:
            return True
        return self.practice.page is None and self._mentions_page(authored)

    def _mentions_page(self, authored: Activity) -> bool:
        return any(map(self._names_page, texts_of(msgspec.to_builtins(authored))))

    def _names_page(self, text: str) -> bool:
        """Whether a text is about the example practice's Page: by its name, or as its Page."""
        page, owner = self.default_practice.page, f"{self.default_practice.name}'s Page"
        return page is not None and (page.lower() in text.lower() or owner in text)

    def weave(self, text: str) -> str:
        """A text of the default practice with the values of the practice in use in it.

        A text on its Page stays as it is for a practice that has none.
        """
        if self.practice == self.default_practice or (self.practice.page is None and self._names_page(text)):
            return text
        return self._token.sub(lambda found: self._own[found.group()], text)

    @cached_property
    def _own(self) -> dict[str, str]:
        """The values to put in place of others, at the beginning of a sentence, too."""
        both = ((getattr(self.default_practice, f), getattr(self.practice, f)) for f in WOVEN)
        own = {default: value for default, value in both if default is not None and value is not None}
        return {default[0].upper() + default[1:]: value[0].upper() + value[1:] for default, value in own.items()} | own

    @cached_property
    def _token(self) -> re.Pattern[str]:
        longest_first = sorted(self._own, key=len, reverse=True)
        return re.compile("|".join(rf"(?<!\w){re.escape(token)}(?!\w)" for token in longest_first))

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """What the articles say, by claim id."""
        return read(self.folder / "claims.yml", dict[str, Claim])

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The authorities, by source id."""
        return read(self.folder / "sources.yml", dict[str, Source])

    @cached_property
    def articles(self) -> Articles:
        """The two articles and the words quoted from them."""
        return read(self.folder / "quotations.yml", Articles)

    # --- stories ---

    def authored_story(self, story_id: str) -> Story:
        """A story as its author wrote it. Raises UnknownActivity where there is none of that name."""
        path = stories_folder(self.folder) / f"{story_id}.yml"
        if not path.exists():
            raise UnknownActivity(
                f"There is no story called '{story_id}'. Look for a typing mistake in this cell, "
                "or ask whoever looks after the course to run 'course check'."
            )
        if story_id not in self._stories:
            self._stories[story_id] = read(path, Story)
        return self._stories[story_id]

    def story(self, story_id: str) -> Story:
        """The same in the name of the practice in use."""
        authored = self.authored_story(story_id)
        if self.practice == self.default_practice:
            return authored
        return msgspec.convert(_map_texts(msgspec.to_builtins(authored), self.weave), Story)

    # --- the phrase book ---

    def phrases(self, profession: Profession | None, task: Task | None = None) -> list[Situation]:
        """The situations of the phrase book with the words that this practice could use, in its own name."""
        found = []
        for situation in read(self.folder / "phrases.yml", tuple[Situation, ...]):
            wordings = tuple(w for w in situation.wordings if self._could_say(w, profession))
            if wordings and task in (None, situation.task):
                kept = msgspec.to_builtins(msgspec.structs.replace(situation, wordings=wordings))
                found.append(msgspec.convert(_map_texts(kept, self.weave), Situation))
        return found

    def _could_say(self, wording: Wording, profession: Profession | None) -> bool:
        own = self.practice
        return (
            wording.variant in (profession or own.profession, "everyone")
            and (own.page is not None or not wording.page)
            and (own.linkedin or not wording.linkedin)
            and (not wording.stances or own.stance in wording.stances)
        )

    # --- reasons ---

    def reasons(self, activity: Activity) -> tuple[Reason, ...]:
        """What stands behind an activity's verdict: a quotation, claims and authorities."""
        reasons = []
        if activity.quote:
            quotation = self.articles.quotations[activity.quote]
            by = self._article(quotation.claim)
            reasons.append(Reason(id=quotation.claim, says=quotation.words, by=by, seen="quotation"))
        return (*reasons, *self.reasons_of(activity.claims, activity.sources))

    def reasons_of(self, claims: Iterable[str], sources: Iterable[str]) -> tuple[Reason, ...]:
        """Claims and authorities as they are shown under "more"."""
        said = [Reason(id=claim, says=self.claims[claim].says, by=self._article(claim)) for claim in claims]
        for name in sources:
            source = self.sources[name]
            says = self.weave(source.says)
            said.append(Reason(id=name, says=says, by=source.title, url=source.url, seen=source.seen))
        return tuple(said)

    def _article(self, claim: str) -> str:
        return self.articles.articles[claim[0]]


def content_hash(*authored: Any) -> str:
    """SHA-256 of an activity as authored: it changes whenever anything in it is reworded.

    What else decided its key is given beside it.
    """
    return hashlib.sha256(content_json(*authored).encode()).hexdigest()


def content_json(*authored: Any) -> str:
    """The text that is hashed: JSON with its keys in order, a list where something is given beside the activity."""
    return msgspec.json.encode(authored[0] if len(authored) == 1 else authored, order="sorted").decode()


def data_folder() -> Path:
    """Where the data files are: ``COURSE_DATA``, or ``data/`` beside the program."""
    return _from_environment("COURSE_DATA") or Path(__file__).parent.parent / "data"


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def notebooks_folder(folder: Path) -> Path:
    """Where the lessons of a data folder are: in ``notebooks/`` beside it."""
    return folder.absolute().parent / "notebooks"


def _story_seconds(told: Story) -> float:
    """How long a story takes on a way that can be defended: to read it, ten seconds a choice, and what is said of each."""
    path = plot.defensible(told)
    states = plot.replay(told, path)
    texts = [told.opening, told.rule, *(plot.told(told.scenes[state.scene], state) for state in states)]
    for _, turn in plot.turns(told, path):
        texts += [turn.feedback.happens, turn.feedback.why, turn.feedback.do]
    choices = [turn.text for state in states for turn in told.scenes[state.scene].choices]
    return grading.reading(" ".join([*texts, *choices])) + 10 * len(path)


def activities_file(folder: Path, lesson: str) -> Path:
    """The file that holds a lesson's activities."""
    return folder / "activities" / f"{lesson}.yml"


def is_for(activity: Activity, profession: Profession) -> bool:
    """Whether people of this profession meet an activity."""
    return activity.variant in (profession, "everyone")


def is_of_pool(file: str, pool: str) -> bool:
    """Whether a file of this name, without its ending, holds items of a pool: a pool may have several files."""
    return file == pool or file.startswith(f"{pool}-")


def pool_files(folder: Path) -> list[Path]:
    """The files that hold the items of the checks before and after the lessons."""
    return sorted((folder / "pools").glob("*.yml"))


def _may_name(path: Path, activity_id: str) -> bool:
    """Whether a file's text holds an id; one that can't be read may hold anything."""
    try:
        return activity_id.encode("utf-8", "surrogatepass") in path.read_bytes()
    except OSError:
        return True


def stories_folder(folder: Path) -> Path:
    """Where the stories of a data folder are."""
    return folder / "stories"


def open_text(path: Path) -> str:
    """The text of an authored file. Raises ContentError where it can't be had."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        say = "the file is missing. Restore it, or correct what names it, such as a lesson in course.yml."
    except UnicodeDecodeError:
        say = "the file is not UTF-8 text. Save it again as UTF-8."
    except OSError as error:
        say = f"the file can't be read ({error.strerror}). Check its name and its permissions."
    raise ContentError([Fault(path.name, 0, say)])


def read(path: Path, kind: type[T]) -> T:
    """One file as the type that it should hold.

    Raises ContentError: with every fault of the YAML itself, else with the first that does not fit
    the type (the author's checker finds the others).
    """
    node = yaml12.compose(open_text(path), path.name)
    data = yaml12.construct(node, path.name)
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise ContentError([misfit(error, node, path.name)]) from None


def misfit(
    error: msgspec.ValidationError, node: Node, file: str, advice: str = "Run 'course check' for what to do."
) -> Fault:
    """The first thing in a file that does not fit its type, with its line."""
    found = re.fullmatch(r"(.*?)(?: - at (?:`key` in )?`\$(.*)`)?", str(error))
    what, where = found.groups() if found else (str(error), "")
    path = [int(n) if n else k for n, k in re.findall(r"\[(\d+)\]|\.?([^.\[\]`]+)", where or "")]
    return Fault(file, yaml12.line_of(node, path), f"{what}. {advice}")


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a value made of lists and dicts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_of(item)


def _map_texts(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_map_texts(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _map_texts(item, change) for key, item in value.items()}
    return value

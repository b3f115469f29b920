"""The nouns of the course, as frozen types. No input or output happens here.

What an author writes in ``data/`` and what the program passes around are the same types, so the
files are read straight into them and their JSON Schemas are made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Profession = Literal["law", "clinic"]
"""Which of the two worlds a learner or a practice belongs to."""

Role = Literal["lawyer", "clinician", "support", "owner", "marketing"]
"""What a learner does there."""

Variant = Literal["everyone", "law", "clinic"]
"""For whom an activity was written; one id may have a law and a clinic variant."""

Answer = Any
"""What a learner submitted: JSON whose shape the activity's kind decides."""

Stance = Literal["network-by-network", "page-only", "nothing-personal", "professional-sites", "no-contact"]
"""What a practice has decided about connecting with the people it serves: by what is shared on each network; on its
Page alone; anywhere, as nothing personal is posted; on professional sites alone; nowhere at all."""

Text = Annotated[str, Meta(min_length=1)]
Day = Annotated[date, Meta(extra_json_schema={"pattern": r"^\d{4}-\d\d-\d\d$"})]
Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class Authored(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every type that an author writes: a misspelt field is a fault, not a default."""


# --- the practice and the course ---------------------------------------------------------------


class Policy(Authored, frozen=True):
    """The practice's own written policy, which learners acknowledge by its version."""

    title: Text
    version: Text
    where: Text
    changed: Annotated[Text | None, Meta(description="What is new in this version, for those who read the last")] = None


class Review(Authored, frozen=True):
    """Who has read a lesson for this practice, and when: a lawyer, a privacy officer."""

    lesson: Id
    by: Text
    role: Text
    on: Day


class Practice(Authored, frozen=True, kw_only=True):
    """The firm or clinic whose staff is trained.

    Content names the practice of ``data/practice.yml``; each value there is replaced by the same
    value of the practice in use.
    """

    name: Annotated[Text, Meta(description="The firm or clinic, as its staff calls it")]
    profession: Annotated[Profession, Meta(description="law or clinic: what the start page suggests")]
    jurisdiction: Annotated[Text, Meta(description="Whose rules apply")]
    stance: Annotated[Stance, Meta(description="What you have decided about connecting with the people you serve")]
    line: Annotated[Text, Meta(description="That decision in one sentence, as your staff would say it")]
    page: Annotated[
        Text | None, Meta(description="The public page that people may follow; leave out if there is none")
    ] = None
    linkedin: Annotated[
        bool, Meta(description="Whether people you serve may be contacts on LinkedIn, on profiles about work alone")
    ] = False
    networks: Annotated[tuple[Text, ...], Meta(description="The networks on which the practice itself is present")] = ()
    website: Annotated[Text, Meta(description="The address of your website")]
    phone: Annotated[Text, Meta(description="The office phone")]
    ask: Annotated[Text, Meta(description="Whom staff ask when they are unsure, and tell when something went wrong")]
    approver: Annotated[Text, Meta(description="Who approves public replies")]
    policy: Annotated[Policy, Meta(description="Your own written policy")]
    valid_months: Annotated[
        int, Meta(ge=1, le=120, description="Months after which the final check is to be taken again")
    ] = 12
    note: Annotated[Text | None, Meta(description="What your staff should know first; shown on the start page")] = None
    review: Annotated[
        tuple[Review, ...], Meta(description="Who has read which lesson for this practice, and when")
    ] = ()


Check = Literal["before", "final"]
"""The two checks: one before the lessons, one after them."""


class Lesson(Authored, frozen=True):
    """One notebook: ``notebooks/<id>.ipynb``, with its activities in ``data/activities/<id>.yml``.

    A lesson that is a ``check`` has no activities of its own: its items are drawn from a pool. One that
    tells ``stories`` has none either.
    """

    id: Id
    title: Text
    objective: Id
    check: Check | None = None
    stories: tuple[Id, ...] = ()


class Share(Authored, frozen=True):
    """How many items an objective gets: in each form of the check before, in the final check, and critical there."""

    before: Annotated[int, Meta(ge=0, le=20)]
    final: Annotated[int, Meta(ge=0, le=40)]
    critical: Annotated[int, Meta(ge=0, le=40)] = 0


class Led(Authored, frozen=True):
    """A session that somebody leads: a few activities of the lessons, done together."""

    title: Text
    activities: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=20)]


class Outline(Authored, frozen=True):
    """``data/course.yml``: the course, its objectives, and its lessons in their order.

    ``tracks`` names the lessons that each role has to take, the others being open to it; a role
    without a track takes all of them. ``passing`` is the number of points that passes the final check.
    """

    title: Text
    subtitle: Text
    notice: Text
    objectives: Annotated[dict[Id, Text], Meta(min_length=1)]
    lessons: Annotated[tuple[Lesson, ...], Meta(min_length=1)]
    tracks: dict[Role, tuple[Id, ...]] = {}
    blueprint: dict[Id, Share] = {}
    passing: Annotated[float, Meta(ge=0, le=40)] = 0
    led: Led | None = None


START_PAGE = "00-start-here"
"""The notebook before the lessons: who is here, and where to go on."""

FACILITATOR = "facilitator"
"""The notebook for whoever leads a session, where there is one; learners do not get it."""

LED_PAGE = "led-session"
"""The notebook of the session that somebody leads, where the course has one."""


# --- where it comes from -----------------------------------------------------------------------


class Claim(Authored, frozen=True):
    """One statement of one of the two articles, in our words.

    ``context`` marks a date or a byline: taught, never tested.
    """

    says: Text
    context: bool = False


class Source(Authored, frozen=True):
    """An authority. ``seen`` tells how far it was verified: in its own text, or as reported.

    ``review`` is the day by which somebody should look at it again.
    """

    title: Text
    says: Text
    seen: Literal["own text", "reported", "our judgement", "unverified"]
    review: Day
    url: str = ""


class Quotation(Authored, frozen=True):
    """At most 20 words of one of the two articles, kept to the letter."""

    claim: Text
    words: Text


class Articles(Authored, frozen=True):
    """``data/quotations.yml``: who wrote the two articles, and the few words quoted from them."""

    articles: dict[str, Text]
    quotations: dict[Id, Quotation]


class Ledger(Authored, frozen=True):
    """``data/ids.yml``: every id under which learners may have answered, and those taken out, with the reason."""

    ids: tuple[Id, ...] = ()
    retired: dict[Id, Text] = {}


class Scenario(Authored, frozen=True):
    """A case that the course grew from, in one line, and the profession in which it arises."""

    profession: Profession
    says: Text


class Style(Authored, frozen=True):
    """``data/style.yml``: words to avoid, each with what to write, and abbreviations that need no explaining."""

    instead: dict[str, Text] = {}
    abbreviations: dict[str, Text] = {}


# --- how good an answer is ----------------------------------------------------------------------


class Mark(StrEnum):
    """How good an option is under the rule that the activity states."""

    BEST = "best"
    ACCEPTABLE = "acceptable"
    POOR = "poor"
    HARMFUL = "harmful"


POINTS = {Mark.BEST: 1.0, Mark.ACCEPTABLE: 0.5, Mark.POOR: 0.0, Mark.HARMFUL: 0.0}
"""What each mark earns. The marks are declared from the best to the worst."""


# --- the practice's line as a decision ---------------------------------------------------------

Who = Literal[
    "client",
    "former-client",
    "prospective-client",
    "friend-and-client",
    "relative",
    "opponent",
    "others-client",
    "witness",
    "juror",
    "judge",
    "colleague",
    "old-friend",
]
"""Who asks to connect. ``opponent`` is the other side in a matter, and represented; ``others-client`` somebody whom
another lawyer or clinician serves in a matter of ours."""

Network = Literal["facebook", "instagram", "linkedin", "x", "whatsapp"]

Shares = Literal["work", "mixed", "personal"]
"""What the person who is asked posts on that account."""

Action = Literal["accept", "redirect", "speak", "ask", "limit"]
"""Say yes; say a kind no and name another place; leave it and speak in person; ask first; remove or limit."""


class Request(Authored, frozen=True):
    """One request to connect, and how sensitive the matter is that links the two people."""

    who: Who
    network: Network
    shares: Shares
    sensitive: bool = False
    initiated: Literal["them", "us"] = "them"


class Rule(Authored, frozen=True):
    """When a row of the table applies: every condition that is named has to hold. None named: it holds always."""

    who: tuple[Who, ...] = ()
    network: tuple[Network, ...] = ()
    shares: tuple[Shares, ...] = ()
    sensitive: bool | None = None
    initiated: Literal["them", "us"] | None = None
    profession: Profession | None = None
    stance: tuple[Stance, ...] = ()
    page: bool | None = None
    linkedin: bool | None = None


class Judged(Authored, frozen=True):
    """One action under one row: how good it is, why, and what to do or say."""

    mark: Mark
    why: Text
    do: Text


class Side(Authored, frozen=True):
    """One side of what professionals disagree about, with where it stands."""

    says: Text
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Row(Authored, frozen=True, kw_only=True):
    """One row of ``data/policy.yml``: when it applies, each action judged, and its reasons.

    ``where`` is the other place that a redirect names.
    """

    id: Id
    when: Rule
    accept: Judged
    redirect: Judged
    speak: Judged
    ask: Judged
    limit: Judged
    where: Literal["page", "linkedin", "nowhere"] = "nowhere"
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    differ: tuple[Side, ...] = ()


class PolicyTable(Authored, frozen=True):
    """``data/policy.yml``: the rows, of which the first that applies decides, and how strict stances are.

    ``actions`` says each action in words, with ``{place}`` where a redirect names one of ``places``. Each
    pair of ``stricter`` names a laxer stance and a stricter one; pairs chain, and stances that no
    chain joins do not compare.
    """

    stricter: tuple[tuple[Stance, Stance], ...]
    actions: dict[Action, Text]
    places: dict[Literal["page", "linkedin", "nowhere"], Text]
    rows: Annotated[tuple[Row, ...], Meta(min_length=1)]


# --- activities --------------------------------------------------------------------------------


class Scene(Authored, frozen=True):
    """What arrives on the learner's screen: drawn as a card of its ``shape``."""

    shape: Literal["request", "message", "post", "review"]
    network: Text
    who: Text
    text: Text


class Feedback(Authored, frozen=True):
    """Three short sentences: what happens, why, and what to do or say."""

    happens: Text
    why: Text
    do: Text


class Common(Authored, frozen=True, kw_only=True):
    """What every activity has, whatever its kind.

    ``rule`` is the practice's rule from which the key follows; a stem that asks for a decision has
    one. ``extra`` is further practice that no track requires. ``critical`` marks an item of a check
    whose harmful answers break a confidence. ``differ`` says that professionals disagree about it.
    ``stances`` are those under which a practice could have this rule (none named: all of them).
    ``claims``, ``sources`` and ``quote`` open under "more" once the learner has answered.
    """

    id: Id
    variant: Variant = "everyone"
    title: Text
    objective: Id
    scenarios: tuple[str, ...] = ()
    level: Literal["easy", "medium", "hard"]
    extra: bool = False
    critical: bool = False
    differ: bool = False
    stances: tuple[Stance, ...] = ()
    scene: Scene | None = None
    rule: Text | None = None
    stem: Text
    claims: Annotated[tuple[str, ...], Meta(min_length=1)]
    sources: tuple[str, ...] = ()
    quote: Id | None = None


class Option(Authored, frozen=True):
    """One answer to choose, with its mark and its own feedback."""

    text: Text
    mark: Mark
    feedback: Feedback


class Choice(Common, frozen=True, kw_only=True, tag_field="kind", tag="choice"):
    """Choose one option, or every one that fits when ``several`` is set."""

    several: bool = False
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=8)]


class Card(Authored, frozen=True):
    """One thing to put into a bucket, with why it belongs there."""

    text: Text
    bucket: Text
    feedback: Text


class Sort(Common, frozen=True, kw_only=True, tag_field="kind", tag="sort"):
    """Put each card into the bucket where it belongs."""

    buckets: Annotated[tuple[Text, ...], Meta(min_length=2, max_length=4)]
    cards: Annotated[tuple[Card, ...], Meta(min_length=2, max_length=10)]
    feedback: Feedback


class Step(Authored, frozen=True):
    """One step, with why it stands where it stands."""

    text: Text
    feedback: Text


class Order(Common, frozen=True, kw_only=True, tag_field="kind", tag="order"):
    """Put the steps in order. The file lists them in the right one; learners see them mixed."""

    steps: Annotated[tuple[Step, ...], Meta(min_length=3, max_length=7)]
    feedback: Feedback


class Position(Authored, frozen=True):
    """What somebody else thinks, shown as an example and never as the answer."""

    who: Text
    says: Text


class Reflect(Common, frozen=True, kw_only=True, tag_field="kind", tag="reflect"):
    """Write for oneself. Nothing is graded; the text is kept only if the learner says so."""

    positions: Annotated[tuple[Position, ...], Meta(min_length=2, max_length=5)]
    feedback: Feedback


class Connection(Common, frozen=True, kw_only=True, tag_field="kind", tag="request"):
    """A request to connect, decided by the practice's own line: ``data/policy.yml`` gives the key.

    ``happens`` says what follows each action. ``day`` is when it arrives in the inbox. Where it comes
    ``after`` another one, ``echoes`` says what that one's action led to. ``options`` are not written:
    they are filled in for the practice in use.
    """

    request: Request
    happens: dict[Action, Text]
    day: Literal["monday", "tuesday", "wednesday"] | None = None
    after: Id | None = None
    echoes: dict[Action, Text] = {}
    options: Annotated[tuple[Option, ...], Meta(max_length=5)] = ()


Task = Literal["decline", "public-reply"]
"""What a message is to do: say no to a request to connect; answer in public."""


class Criterion(Authored, frozen=True):
    """One thing that the coach looks for in a message, under one of the names in ``course.coach.CRITERIA``.

    ``asks`` is the question in three or four words; ``met`` and ``unmet`` say what the message does,
    ``mend`` how to mend one that does not meet it.
    """

    id: Id
    asks: Text
    met: Text
    unmet: Text
    mend: Text


class Exemplar(Authored, frozen=True):
    """A message that does it well, to compare one's own with, and what is good about it."""

    text: Text
    why: Text


class Compose(Common, frozen=True, kw_only=True, tag_field="kind", tag="compose"):
    """Write the message oneself; the coach says what it does. Nothing is graded.

    ``skip`` names criteria that do not matter here, ``avoid`` those that the message should not meet
    here, with the reason. ``criteria`` are not written: they are filled in from ``data/coach.yml``.
    """

    task: Task
    skip: tuple[Id, ...] = ()
    avoid: dict[Id, Text] = {}
    exemplars: Annotated[tuple[Exemplar, ...], Meta(min_length=2, max_length=4)]
    feedback: Feedback
    criteria: Annotated[tuple[Criterion, ...], Meta(max_length=5)] = ()


class Phrase(Authored, frozen=True, kw_only=True):
    """A piece of a draft, and what it reveals, to whom and under which rule; or why it is harmless."""

    text: Text
    reveals: bool = False
    feedback: Text


class Marking(Common, frozen=True, kw_only=True, tag_field="kind", tag="mark"):
    """Mark the pieces of a draft that give something away. The pieces, joined by spaces, are the draft."""

    pieces: Annotated[tuple[Phrase, ...], Meta(min_length=3, max_length=12)]
    feedback: Feedback


Activity = Choice | Sort | Order | Reflect | Connection | Compose | Marking


# --- stories -----------------------------------------------------------------------------------

Value = bool | int
"""What a story remembers under one name: yes or no, or a small whole number."""


class Remembered(Authored, frozen=True):
    """One thing that a story remembers. A number stays between ``least`` and ``most``."""

    says: Text
    start: Value = False
    least: Annotated[int, Meta(ge=-9)] = 0
    most: Annotated[int, Meta(le=9)] = 9


class Turn(Authored, frozen=True):
    """One choice in a scene: how good it is, what it changes, and where it leads.

    ``when`` lists conditions that all have to hold for it to be offered: ``told``, ``not told`` or
    ``trust >= 2``. ``effects`` set a yes or no, and add to or take from a number.
    """

    text: Text
    mark: Mark
    feedback: Feedback
    to: Id
    when: tuple[str, ...] = ()
    effects: dict[str, Value] = {}
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Aside(Authored, frozen=True):
    """A paragraph that a scene shows only where its conditions hold: this is how a story remembers."""

    when: Annotated[tuple[str, ...], Meta(min_length=1)]
    text: Text


class StoryScene(Authored, frozen=True):
    """One scene: where and when, what happens, and what one may do. An ending has no choices.

    ``ending`` says how it came out. ``lesson`` marks a scene from which no good ending can be reached any
    more, and that is meant to be one: what it teaches stands in its own text.
    """

    place: Text
    text: Text
    card: Scene | None = None
    asides: tuple[Aside, ...] = ()
    choices: Annotated[tuple[Turn, ...], Meta(max_length=5)] = ()
    ending: Literal["good", "acceptable", "hard"] | None = None
    lesson: bool = False


class Story(Authored, frozen=True):
    """``data/stories/<id>.yml``: a story whose decisions come back."""

    id: Id
    profession: Variant
    title: Text
    objective: Id
    opening: Text
    rule: Text
    start: Id
    scenes: Annotated[dict[Id, StoryScene], Meta(min_length=2)]
    remembers: dict[Id, Remembered] = {}
    scenarios: tuple[str, ...] = ()
    extra: bool = False


# --- the phrase book ---------------------------------------------------------------------------


class Wording(Authored, frozen=True):
    """Words ready to copy, and for whom they are: a practice with a Page, or whose people may be contacts on LinkedIn.

    ``note`` is one sentence on when these words fit best.
    """

    text: Text
    variant: Variant = "everyone"
    page: bool = False
    linkedin: bool = False
    stances: tuple[Stance, ...] = ()
    note: Text | None = None


class Situation(Authored, frozen=True):
    """One situation of the phrase book, with words for it. ``when`` says in one sentence how to tell it."""

    id: Id
    title: Text
    task: Task
    when: Text
    wordings: Annotated[tuple[Wording, ...], Meta(min_length=1, max_length=8)]


# --- what happens when somebody answers --------------------------------------------------------


class Outcome(StrEnum):
    """What an answer came to."""

    UNATTEMPTED = "unattempted"
    WRONG = "wrong"
    PARTIAL = "partial"
    CORRECT = "correct"
    NOTED = "noted"

    @classmethod
    def of(cls, points: float) -> Outcome:
        """What points from 0 to 1 amount to."""
        if points == 1:
            return cls.CORRECT
        return cls.PARTIAL if points > 0 else cls.WRONG


class Note(Struct, frozen=True, omit_defaults=True):
    """Feedback on one part of an answer.

    ``part`` is the letter of the option, card or step, or empty for the answer as a whole;
    ``mark`` says how that part did; ``say`` holds one to three sentences. ``spans`` are the words of a
    text that led to it: where they begin and end, in characters.
    """

    part: str
    mark: str
    say: Feedback | str
    spans: tuple[tuple[int, int], ...] = ()


class Reason(Struct, frozen=True, omit_defaults=True):
    """One claim or authority behind a verdict, as it is shown under "more"."""

    id: str
    says: str
    by: str
    url: str = ""
    seen: str = ""


class Verdict(Struct, frozen=True):
    """What the examiner says of an answer: outcome, points from 0 to 1, and why."""

    outcome: Outcome
    points: float
    headline: str
    notes: tuple[Note, ...]
    harmful: bool = False


class Learner(Struct, frozen=True):
    """Who answers: a pseudonymous id. The profile's fields are empty until it is filled in."""

    id: str
    name: str = ""
    profession: Profession | None = None
    role: Role | None = None


class View(Struct, frozen=True):
    """The public part of an activity: what may be shown before it is answered.

    ``body`` is what the kind's ES module draws; it holds no mark, no feedback and no key. ``elsewhere``
    says that the rule is not one that the learner's practice could have; ``confidence``, that the
    learner is asked how sure they are; ``drafts``, that a draft may be looked at before it is sent. ``day`` is when a request arrives, ``after`` the earlier one
    that it follows, and ``echo`` what that one has led to.
    """

    id: str
    variant: str
    kind: str
    title: str
    stem: str
    rule: str | None
    scene: Scene | None
    body: Mapping[str, Any]
    elsewhere: bool = False
    confidence: bool = False
    drafts: bool = False
    day: str = ""
    after: str = ""
    echo: str = ""


class Attempt(Struct, frozen=True):
    """Who answered what, when, against which version of the content, and with which verdict.

    ``at`` is UTC in ISO 8601; ``seconds`` is the time from seeing the activity to submitting.
    ``answer`` never holds free text: that stands beside it in ``text`` and can be erased. ``harmful``
    is None in rows from before it was kept. ``form``, ``attempt_no`` and ``seed`` name the sitting.
    """

    attempt: str
    key: str
    learner: str
    activity: str
    variant: str
    content: str
    course: str
    practice: str
    answer: Answer
    outcome: Outcome
    points: float
    at: str
    seconds: float
    assurance: str
    harmful: bool | None = None
    form: str | None = None
    attempt_no: int | None = None
    seed: int | None = None
    confidence: str | None = None
    text: str | None = None


class Event(Struct, frozen=True):
    """What a learner did besides answering: sat down, began or finished a check, acknowledged a policy."""

    kind: str
    learner: str
    at: str
    detail: Mapping[str, Any]
    id: str = ""


Form = Literal["before-a", "before-b", "final", "remedy"]
"""One of the two forms before the lessons; the final check; three fresh critical items after one slip in it."""

Confidence = Literal["sure", "fairly", "guess"]
"""How sure a learner says to be of an answer. It is never scored and never reported for a person."""


class Sitting(Struct, frozen=True):
    """One try of one learner at a form: the items dealt, in their order, and when.

    ``parallel`` are those items that make up the other form of the check before. ``attempt_no``
    counts the tries at this form, from 1. ``finished`` is empty while it is open; ``counted`` are the
    attempts that counted when it was finished.
    """

    form: Form
    attempt_no: int
    seed: int
    items: tuple[str, ...]
    critical: tuple[str, ...] = ()
    parallel: tuple[str, ...] = ()
    begun: str = ""
    finished: str = ""
    counted: tuple[str, ...] = ()


class Marked(Struct, frozen=True):
    """A recorded attempt and what is said of it.

    ``verdict`` is None where the activity has been reworded since: the attempt stands, and what was
    said of it then no longer fits what is on the page. It is None, too, while ``withheld`` is set: until
    a check is finished. ``reasons`` open under "more".
    """

    attempt: Attempt
    verdict: Verdict | None
    reasons: tuple[Reason, ...] = ()
    withheld: bool = False

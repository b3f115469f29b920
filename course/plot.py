"""Stories: a state and a choice to the next state, and the proof that a story holds together. Pure."""

from __future__ import annotations

import operator
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from course.errors import AnswerError
from course.model import POINTS, Mark, Story, StoryScene, Turn, Value

MOST_STATES = 200_000
"""States (a scene and all that is remembered) above which a story is too large to be proved."""

_CONDITION = re.compile(r"(?:(not )?([a-z0-9-]+)|([a-z0-9-]+) *(>=|<=|==|>|<) *(-?\d+))")
_COMPARE = {">=": operator.ge, "<=": operator.le, "==": operator.eq, ">": operator.gt, "<": operator.lt}


class State(Struct, frozen=True):
    """Where a story stands: the scene, what is remembered, and the numbers of the choices made so far."""

    scene: str
    facts: tuple[tuple[str, Value], ...]
    path: tuple[int, ...] = ()


# --- telling -----------------------------------------------------------------------------------


def begin(story: Story) -> State:
    """The state before the first choice."""
    return State(story.start, tuple((name, fact.start) for name, fact in story.remembers.items()))


def holds(conditions: Sequence[str], facts: Mapping[str, Value]) -> bool:
    """Whether all conditions hold. Raises KeyError for an unknown fact and ValueError for an unreadable one."""
    return all(_holds(condition, facts) for condition in conditions)


def _holds(condition: str, facts: Mapping[str, Value]) -> bool:
    found = _CONDITION.fullmatch(condition.strip())
    if not found:
        raise ValueError(condition)
    negated, plain, name, compare, number = found.groups()
    if plain:
        return bool(facts[plain]) is not bool(negated)
    result: bool = _COMPARE[compare](int(facts[name]), int(number))
    return result


def offered(story: Story, state: State) -> list[int]:
    """The numbers of the choices that the present scene offers."""
    facts = dict(state.facts)
    return [n for n, turn in enumerate(story.scenes[state.scene].choices) if holds(turn.when, facts)]


def choose(story: Story, state: State, number: int) -> State:
    """The state after a choice. Raises AnswerError for one that the scene does not offer now."""
    if number not in offered(story, state):
        raise AnswerError("The scene does not offer this choice now. Reload the page to see where the story stands.")
    turn = story.scenes[state.scene].choices[number]
    return State(turn.to, _changed(story, state.facts, turn.effects), (*state.path, number))


def _changed(
    story: Story, facts: tuple[tuple[str, Value], ...], effects: Mapping[str, Value]
) -> tuple[tuple[str, Value], ...]:
    return tuple((name, _changed_value(story, name, value, effects)) for name, value in facts)


def _changed_value(story: Story, name: str, value: Value, effects: Mapping[str, Value]) -> Value:
    if name not in effects:
        return value
    effect = effects[name]
    if isinstance(effect, bool):
        return effect
    fact = story.remembers[name]
    return max(fact.least, min(fact.most, int(value) + effect))


def replay(story: Story, path: Sequence[int]) -> list[State]:
    """The states along a path, the first one before any choice. Raises AnswerError where the path breaks off."""
    states = [begin(story)]
    for number in path:
        states.append(choose(story, states[-1], number))
    return states


def turns(story: Story, path: Sequence[int]) -> list[tuple[str, Turn]]:
    """The scene and the choice made in it, for every step of a path."""
    states = replay(story, path)
    return [(state.scene, story.scenes[state.scene].choices[n]) for state, n in zip(states, path, strict=False)]


def told(scene: StoryScene, state: State) -> str:
    """A scene's text with what the story remembers in it."""
    facts = dict(state.facts)
    return "\n\n".join([scene.text, *(aside.text for aside in scene.asides if holds(aside.when, facts))])


def points(story: Story, path: Sequence[int]) -> float:
    """The mean of the points of the decisions taken: a story is graded on decisions, not on how it came out."""
    made = turns(story, path)
    return sum(POINTS[turn.mark] for _, turn in made) / len(made) if made else 0.0


def best_offered(story: Story, state: State) -> int:
    """The number of the best choice that the present scene offers."""
    choices, order = story.scenes[state.scene].choices, list(Mark)
    return min(offered(story, state), key=lambda n: order.index(choices[n].mark))


def defensible(story: Story) -> tuple[int, ...]:
    """A path to a good ending that takes the best choice offered in every scene, or the next best."""
    state = begin(story)
    while offered(story, state):
        state = choose(story, state, best_offered(story, state))
    return state.path


# --- proving -----------------------------------------------------------------------------------


class Flaw(Struct, frozen=True):
    """One thing wrong with a story, where it stands in the file, and what to do."""

    where: tuple[str | int, ...]
    say: str


class Proof(Struct, frozen=True):
    """What is known of a story that was walked through in every state it can be in.

    ``paths`` counts the different ways through it; ``shortest`` and ``longest`` count choices. They are 0
    where there are flaws that keep them from being counted.
    """

    flaws: tuple[Flaw, ...]
    states: int = 0
    paths: int = 0
    shortest: int = 0
    longest: int = 0


def prove(story: Story) -> Proof:
    """Walks through every state of a story once, and gives every flaw.

    Paths are counted over the graph of states and not walked, so that time grows with the number of
    states. A story of more than 200,000 states is refused.
    """
    broken = list(_broken(story))
    if broken:
        return Proof(tuple(broken))
    first = (story.start, begin(story).facts)
    after: dict[_Node, list[_Node]] = {}
    offered_choices: set[tuple[str, int]] = set()
    shown_asides: set[tuple[str, int]] = set()
    queue = deque([first])
    while queue:
        node = queue.popleft()
        if node in after:
            continue
        if len(after) >= MOST_STATES:
            say = f"this story can be in more than {MOST_STATES:,} states. Let it remember less, or smaller numbers."
            return Proof((Flaw(("remembers",), say),), len(after))
        scene, facts = node
        known = dict(facts)
        found = story.scenes[scene]
        shown_asides.update((scene, n) for n, aside in enumerate(found.asides) if holds(aside.when, known))
        after[node] = []
        for n, turn in enumerate(found.choices):
            if holds(turn.when, known):
                offered_choices.add((scene, n))
                after[node].append((turn.to, _changed(story, facts, turn.effects)))
        queue.extend(after[node])
    flaws = [
        *_never(story, {scene for scene, _ in after}, offered_choices, shown_asides),
        *_dead_ends(story, after),
    ]
    order = _last_first(after)
    if order is None:
        say = "these scenes can follow each other for ever. Let the way back change something that is remembered and ends."
        return Proof((*flaws, Flaw(("scenes", _in_a_circle(after)), say)), len(after))
    flaws += _hopeless(story, after, order)
    ways, short, long = _counted(after, order)
    return Proof(tuple(flaws), len(after), ways[first], short[first], long[first])


_Node = tuple[str, tuple[tuple[str, Value], ...]]


def _broken(story: Story) -> Iterator[Flaw]:
    """What keeps a story from being walked through at all."""
    facts = {name: fact.start for name, fact in story.remembers.items()}
    for name, fact in story.remembers.items():
        if not isinstance(fact.start, bool) and not fact.least <= fact.start <= fact.most:
            yield Flaw(
                ("remembers", name), f"it starts at {fact.start}, outside {fact.least} to {fact.most}. Correct it."
            )
    if story.start not in story.scenes:
        yield Flaw(("start",), f"there is no scene '{story.start}'. Correct it, or write that scene.")
    for name, scene in story.scenes.items():
        where = ("scenes", name)
        if bool(scene.ending) == bool(scene.choices):
            yield Flaw(
                where, "a scene has choices, or it is an ending. Add choices, or say 'ending: good' and the like."
            )
        for n, aside in enumerate(scene.asides):
            yield from _unreadable(aside.when, facts, (*where, "asides", n, "when"))
        for n, turn in enumerate(scene.choices):
            here = (*where, "choices", n)
            if turn.to not in story.scenes:
                yield Flaw((*here, "to"), f"there is no scene '{turn.to}'. Correct it, or write that scene.")
            yield from _unreadable(turn.when, facts, (*here, "when"))
            for changed, effect in turn.effects.items():
                if changed not in facts:
                    say = f"'{changed}' is not under 'remembers'. Correct it, or add it there."
                    yield Flaw((*here, "effects", changed), say)
                elif isinstance(effect, bool) is not isinstance(facts[changed], bool):
                    kind = (
                        "yes or no: write true or false"
                        if isinstance(facts[changed], bool)
                        else "a number: write 1 or -1"
                    )
                    yield Flaw((*here, "effects", changed), f"'{changed}' is {kind}.")


def _unreadable(conditions: Sequence[str], facts: Mapping[str, Value], where: tuple[str | int, ...]) -> Iterator[Flaw]:
    for condition in conditions:
        try:
            _holds(condition, facts)
        except KeyError as error:
            yield Flaw(where, f"{error} is not under 'remembers'. Correct it, or add it there.")
        except ValueError:
            say = f"'{condition}' can't be read as a condition. Write: told, not told, or trust >= 2."
            yield Flaw(where, say)


def _never(
    story: Story, reached: set[str], choices: set[tuple[str, int]], asides: set[tuple[str, int]]
) -> Iterator[Flaw]:
    for name, scene in story.scenes.items():
        if name not in reached:
            yield Flaw(("scenes", name), "no way leads to this scene. Let a choice lead to it, or take it out.")
            continue
        for n, _ in enumerate(scene.choices):
            if (name, n) not in choices:
                say = "this choice is never offered: its conditions never hold here. Change them, or take it out."
                yield Flaw(("scenes", name, "choices", n), say)
        for n, _ in enumerate(scene.asides):
            if (name, n) not in asides:
                say = "this paragraph is never shown: its conditions never hold here. Change them, or take it out."
                yield Flaw(("scenes", name, "asides", n), say)


def _dead_ends(story: Story, after: Mapping[_Node, Sequence[_Node]]) -> Iterator[Flaw]:
    stuck = {scene for (scene, _), nexts in after.items() if not nexts and not story.scenes[scene].ending}
    for scene in stuck:
        say = "a learner can stand here with no choice offered. Offer one without conditions."
        yield Flaw(("scenes", scene), say)


def _hopeless(story: Story, after: Mapping[_Node, Sequence[_Node]], order: Sequence[_Node]) -> Iterator[Flaw]:
    """States from which every ending is hard, unless their scene is marked as a lesson in itself."""
    hope: dict[_Node, bool] = {}
    for node in order:
        ending = story.scenes[node[0]].ending
        hope[node] = ending in ("good", "acceptable") or any(hope[there] for there in after[node])
    lost = {scene for (scene, _), hopeful in hope.items() if not hopeful}
    for scene in lost:
        found = story.scenes[scene]
        if not found.lesson and not found.ending:
            say = "from here only hard endings can be reached. Open a way back, or mark the scene 'lesson: true'."
            yield Flaw(("scenes", scene), say)


def _last_first(after: Mapping[_Node, Sequence[_Node]]) -> list[_Node] | None:
    """The states, each after all that can follow it; None where some follow each other for ever (Kahn 1962)."""
    before: dict[_Node, list[_Node]] = {node: [] for node in after}
    open_ways = {node: len(nexts) for node, nexts in after.items()}
    for node, nexts in after.items():
        for there in nexts:
            before[there].append(node)
    queue = deque(node for node, count in open_ways.items() if count == 0)
    order = []
    while queue:
        node = queue.popleft()
        order.append(node)
        for earlier in before[node]:
            open_ways[earlier] -= 1
            if open_ways[earlier] == 0:
                queue.append(earlier)
    return order if len(order) == len(after) else None


def _in_a_circle(after: Mapping[_Node, Sequence[_Node]]) -> str:
    """A scene that can follow itself: what remains when everything that ends is taken away."""
    left = dict(after)
    while True:
        ends = [node for node, nexts in left.items() if not any(there in left for there in nexts)]
        if not ends:
            return next(iter(left))[0]
        for node in ends:
            del left[node]


def _counted(
    after: Mapping[_Node, Sequence[_Node]], order: Sequence[_Node]
) -> tuple[dict[_Node, int], dict[_Node, int], dict[_Node, int]]:
    ways: dict[_Node, int] = {}
    short: dict[_Node, int] = {}
    long: dict[_Node, int] = {}
    for node in order:
        nexts = after[node]
        ways[node] = sum(ways[there] for there in nexts) or 1
        short[node] = 1 + min(short[there] for there in nexts) if nexts else 0
        long[node] = 1 + max(long[there] for there in nexts) if nexts else 0
    return ways, short, long

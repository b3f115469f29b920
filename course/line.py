"""A practice writes its own line: answers to what the articles ask, to a practice, its gaps, and a page of policy. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct
from msgspec.structs import replace

from course import policy
from course.model import Network, Policy, PolicyTable, Practice, Request, Stance, Who
from course.policy import Decision

Ties = Literal["keep-apart", "pause", "case-by-case", ""]
"""What happens to an old friendship once the friend is served: kept, with the case out of it; paused; asked each time;
or nothing decided yet."""

Posts = Literal["no-clients", "nothing-about-work", ""]
"""What staff's own posts may not hold: anything that could point to somebody served; anything about work; undecided."""

Words = Annotated[str, Meta(max_length=600)]

LINES: dict[Stance, str] = {
    "network-by-network": "personal accounts are for family and close friends, and people we serve may connect where all we post is about work",
    "page-only": "no personal account of ours is open to people we serve, and everybody is welcome on our Page",
    "nothing-personal": "nothing personal stands on any account of ours, and anybody may connect there",
    "professional-sites": "we are on professional sites alone, and people we serve may be contacts there",
    "no-contact": "we connect with nobody we serve on any network, and we say why in person",
}
"""Each stance in one sentence, as a first draft of the practice's own."""

STANCES: dict[Stance, str] = {
    "network-by-network": "It depends on what we share there: yes where everything is about work, no elsewhere",
    "page-only": "Never from a personal account; everybody is welcome on our Page",
    "nothing-personal": "Anybody may connect, because we post nothing personal anywhere",
    "professional-sites": "Only on sites for professional contacts; we use no others",
    "no-contact": "Nowhere, and we invite nobody to a Page either (many therapists)",
}


class Answers(Struct, frozen=True, forbid_unknown_fields=True):
    """What a practice has answered so far; empty where it has not."""

    stance: Stance
    name: Words = ""
    website: Words = ""
    phone: Words = ""
    page: Words = ""
    linkedin: bool = False
    decline: Words = ""
    ties: Ties = ""
    ask: Words = ""
    approver: Words = ""
    profile_on_card: bool = False
    posts: Posts = ""


class Gap(Struct, frozen=True):
    """Something that the line leaves open, or that contradicts it, and what to do."""

    says: str
    do: str


def drafted(answers: Answers, practice: Practice) -> Practice:
    """The practice with the line that the answers make, and its policy's next version."""
    name = answers.name.strip() or practice.name
    return replace(
        practice,
        name=name,
        website=answers.website.strip() or practice.website,
        phone=answers.phone.strip() or practice.phone,
        stance=answers.stance,
        line=LINES[answers.stance],
        page=answers.page.strip() or None,
        linkedin=answers.linkedin,
        ask=answers.ask.strip() or practice.ask,
        approver=answers.approver.strip() or practice.approver,
        policy=Policy(f"the {name} line on connecting", "1", "where this page is kept"),
        review=(),
    )


def gaps(answers: Answers) -> Iterator[Gap]:
    """Every gap and clash in the answers. The last one rests on N1 in sources.yml, as reported."""
    if answers.stance == "page-only" and not answers.page.strip():
        yield Gap("The line points to a Page, and there is none.", "Name your Page, or choose another line.")
    if answers.linkedin and answers.stance in ("page-only", "no-contact"):
        yield Gap("The line says no everywhere, and LinkedIn says yes.", "Take LinkedIn out, or choose another line.")
    if answers.stance == "professional-sites" and not answers.linkedin:
        yield Gap("The line is professional sites, and LinkedIn is closed.", "Allow LinkedIn, or choose another line.")
    if not answers.decline.strip():
        yield Gap("There are no words to decline with.", "Write two sentences that your staff can say as they stand.")
    if not answers.ties:
        yield Gap(
            "There is no plan for friends who become clients or patients.",
            "Decide now, before it is a friend of yours.",
        )
    if not answers.ask.strip():
        yield Gap("There is nobody to ask.", "Name the person who hears of doubts, and of slips, at once.")
    if not answers.approver.strip():
        yield Gap("Nobody approves public replies.", "Name one person; a reply in a hurry is the dearest kind.")
    if answers.profile_on_card:
        yield Gap(
            "A card or a signature links to a personal profile.", "Link the Page or the website, and print again."
        )
    if answers.posts == "nothing-about-work":
        yield Gap(
            "A rule that bans all talk about work is so broad that it would forbid talk of pay and hours.",
            "Ban what could point to somebody you serve, and let a labor lawyer read it: in the United States such a "
            "rule was reportedly presumed unlawful in 2023.",
        )
    if not answers.posts:
        yield Gap("Nothing is said about staff's own posts.", "Say what may not stand in them, and why.")


ASKED: tuple[Who, ...] = get_args(Who)
NETWORKS: tuple[Network, ...] = get_args(Network)


def decisions(practice: Practice, table: PolicyTable, sensitive: bool = False) -> dict[Who, dict[Network, Decision]]:
    """What the line makes of everybody who might ask, on every network.

    A work account is taken on LinkedIn and X, a mixed one elsewhere: that is how most people use them.
    """
    return {
        who: {
            network: policy.decide(
                Request(who, network, "work" if network in ("linkedin", "x") else "mixed", sensitive), practice, table
            )
            for network in NETWORKS
        }
        for who in ASKED
    }


TIES: dict[Ties, str] = {
    "keep-apart": "An old friendship may go on. The case or the care stays out of it: no talk about it on any network.",
    "pause": "An old friendship online is paused until the matter is closed, and we say so in person.",
    "case-by-case": "Whoever is asked to serve a friend tells {ask} first, and the two decide what happens online.",
    "": "We have not decided yet what happens when a friend becomes somebody we serve. Until then, ask {ask}.",
}

POSTS: dict[Posts, str] = {
    "no-clients": "In our own posts there is nothing that could point to somebody we serve: no names, places, days, pictures "
    "or stories. This rule is not about talk of pay, hours or working conditions.",
    "nothing-about-work": "We post nothing about work.",
    "": "We have not decided yet what may stand in our own posts. Until then, leave out whatever could point to somebody we serve.",
}


def page_of(answers: Answers, practice: Practice) -> str:
    """The line as a page of policy in plain language, in Markdown."""
    ask = practice.ask
    redirect = [f"our Page ({practice.page})"] if practice.page else []
    redirect += ["LinkedIn"] if practice.linkedin else []
    where = f"We may mention {' or '.join(redirect)}. " if redirect else "We name no other place online. "
    words = answers.decline.strip()
    said = f"\n\nWords that we may use as they stand:\n\n> {' '.join(words.split())}" if words else ""
    return f"""# How we connect at {practice.name}

**Our line:** {practice.line}.

## When somebody asks to connect

- Look first: who asks, and what do you share there?
- Say no kindly and soon, with a reason that is about the account. {where}In criminal, family, immigration and mental-health matters we mention no other place: being seen there could give the person away.
- We accept nobody from the other side of a matter, no juror, and nobody whom somebody else represents.
- When you are unsure, touch nothing and ask {ask}.{said}

## Friends

{TIES[answers.ties].format(ask=ask)}

## In public

We confirm nobody as a client or patient, whatever they wrote themselves. {practice.approver} approves public replies.

## Our own posts

{POSTS[answers.posts]}

## When something went wrong

Stop. Tell {ask} at once. Keep what {ask} asks you to keep. {ask} decides what is removed. Nobody deletes quietly, and nobody apologizes in public.

*This page came out of a training course. It is not legal advice: have it read by somebody who knows the rules where you work ({practice.jurisdiction}).*
"""

"""Cards for newcomers, and the news about them for member support."""

from facilitation.core.people.contact import zone_of
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    LinkButton,
    Mention,
    Name,
    Part,
    PlaceRef,
    Small,
    Text,
)
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.speech import card, quoted, say
from facilitation.welcome.journey import CHOICES, HELLO, LABELS, WISHES, Choice
from facilitation.welcome.templates import CommunityFacts, filled
from storage.communities import Account, Community, Member, Use
from storage.welcome import FirstMessage, Step

# The first question --------------------------------------------------------------------------------


def hello(facts: CommunityFacts, member: int, words: str = "", *, preview: bool = False) -> Card:
    """The first message: a greeting, the charter in two lines, and one question.

    `words` is the coordinators' own greeting, a template; the built-in one is used if it is empty.
    """
    return card(
        f"Welcome to {facts.community.name}",
        filled(words or HELLO, facts, member),
        *_in_two_lines(facts.charter),
        say("**How would you like to take part?** You can change your mind at any time."),
        choices(preview=preview),
    )


def _in_two_lines(charter: CharterText) -> list[Part]:
    lines: list[Part] = []
    if charter.domain:
        lines.append(say("**{domain}**", domain=charter.domain))
    if charter.purpose:
        lines.append(say("{purpose}", purpose=charter.purpose))
    return lines


def reminder(facts: CommunityFacts, member: int) -> Card:
    """The second and last message to a newcomer who did not answer."""
    return card(
        "",
        say(
            "Hello {name}, no hurry at all. If you tell me how you would like to take part in "
            "**{community}**, I show you what fits. If not, I leave you in peace.",
            name=Name(member),
            community=facts.community.name,
        ),
        choices(),
    )


def choices(*, preview: bool = False) -> Buttons:
    """One button for each answer to the first question."""
    return Buttons(
        tuple(
            Button(LABELS[one], "welcome.take_part", {"choice": one, "preview": preview}) for one in CHOICES
        )
    )


def start_button(member: int) -> Card:
    """The post in the welcome channel for one newcomer. It shows their name and does not notify them."""
    return card(
        "",
        say(
            "Welcome, {name}. Shall I show you around? One question now, and a few short messages in the "
            "coming weeks.",
            name=Name(member),
        ),
        _start(),
    )


def group_start_button() -> Card:
    """The post in the welcome channel for many newcomers at once."""
    return card(
        "",
        say(
            "Welcome to everyone who has just come in. Shall I show you around? One question now, and a few "
            "short messages in the coming weeks."
        ),
        _start(),
    )


def _start() -> Buttons:
    return Buttons((Button("Start here", "welcome.start", style="primary"),))


# After the answer ----------------------------------------------------------------------------------

FIRST_WORDS: dict[Choice, str] = {
    "look around": "Gladly. Nobody expects anything of you; come and go as you like.",
    "learn": "A good place for that. Everybody here is learning something.",
    "share": "How kind. There is always somebody who needs just what you know.",
    "help": "That is good to hear. I have told those who look after newcomers.",
}


def after_answer(
    choice: Choice, facts: CommunityFacts, *, agreed: bool = False, preview: bool = False
) -> Card:
    """What follows the answer: the profile, then the ground rules or, once agreed to, other people."""
    parts: list[Part] = [say("{words}", words=FIRST_WORDS[choice])]
    topics = {
        "learn": say("Which topics? Then others can point you to what helps."),
        "share": say("In which topics? Then people who need you can find you."),
    }.get(choice, say("If you like, tell us what you are interested in and can help with."))
    profile = Buttons((Button("Tell us about you", "charter.edit_profile", optional=True),))
    parts += [topics, profile]
    rules = facts.charter.ground_rules
    if rules and not agreed:
        listed_rules = "\n".join(f"• {rule}" for rule in rules)
        parts += [
            say("**Our ground rules**\n{rules}", rules=listed_rules),
            Buttons((Button("I agree", "welcome.agree_to_rules", {"preview": preview}, style="primary"),)),
        ]
    else:
        parts += _other_people(choice, facts, preview=preview)
    return _marked(card("Thank you", *parts, tone="good"), preview=preview)


def after_agreement(choice: str, facts: CommunityFacts, *, preview: bool = False) -> Card:
    """What follows *I agree*: other people."""
    parts = _other_people(choice, facts, preview=preview)
    return _marked(card("Good, we are set", *parts, tone="good"), preview=preview)


def _other_people(choice: str, facts: CommunityFacts, *, preview: bool) -> list[Part]:
    """Offers to introduce oneself, to have a buddy and, for those who came to learn, a mentor."""
    buttons = [_buddy_button(preview=preview)]
    if facts.channel_for(Use.INTRODUCTIONS) is not None:
        buttons.insert(0, _introduce_button(preview=preview))
    if choice == "learn":
        buttons.append(Button("Find a mentor", "mentoring.request", optional=True))
    invitation = say(
        "When you feel like it, meet the others: say hello, or have a buddy whom you can ask anything."
    )
    return [invitation, Buttons(tuple(buttons))]


def _buddy_button(*, preview: bool) -> Button:
    return Button("Find me a buddy", "welcome.find_buddy", {"preview": preview})


def _introduce_button(*, preview: bool) -> Button:
    return Button("Introduce myself", "welcome.introduce", {"preview": preview}, style="primary")


# Steps ---------------------------------------------------------------------------------------------


def step_card(step: Step, facts: CommunityFacts, member: int, *, preview: bool = False) -> Card:
    """One step with its button, as a newcomer reads it."""
    return card("", filled(step.words, facts, member, step), *_step_buttons(step, facts, preview=preview))


def _step_buttons(step: Step, facts: CommunityFacts, *, preview: bool) -> list[Part]:
    match step.kind:
        case "question":
            answer = Button("Answer", "welcome.answer_step", {"step": step.id, "preview": preview})
            return [Buttons((answer,))]
        case "task":
            done = Button("Done", "welcome.complete_task", {"step": step.id, "preview": preview})
            return [Buttons((done,))]
        case "person" if step.person is None:
            mentor = Button("Find a mentor", "mentoring.request", optional=True)
            return [Buttons((_buddy_button(preview=preview), mentor))]
        case "channel" if (spot := facts.channel_of(step)) and Use.INTRODUCTIONS in spot.uses:
            return [Buttons((_introduce_button(preview=preview),))]
        case "resource" if step.link:
            return [Buttons((), (LinkButton("Open it", step.link),))]
        case "resource":
            return [Buttons((Button("Look at the shelf", "resources.browse", optional=True),))]
        case _:
            return []


# Meeting others ------------------------------------------------------------------------------------


def introduction(member: int, words: str) -> Card:
    """A newcomer's introduction in their own words, for the introductions channel."""
    return card(
        "",
        say("{who} says hello:", who=Mention(member)),
        say("{words}", words=quoted(words, member)),
        Small(say("Say hello to {who} in the thread.", who=Name(member))),
    )


def meet(newcomer: int, buddy: int, facts: CommunityFacts, note: str = "") -> Card:
    """The first post in the small group of a newcomer and their buddy; `note` says who else can read it."""
    parts: list[Part] = [
        say(
            "{newcomer}, this is {buddy}, who is happy to answer anything about {community}, however small.",
            newcomer=Mention(newcomer),
            buddy=Mention(buddy),
            community=facts.community.name,
        ),
        say(
            "{buddy}, {newcomer} came not long ago. A good beginning: what brought you both here?",
            newcomer=Name(newcomer),
            buddy=Name(buddy),
        ),
    ]
    if note:
        parts.append(Small(say("{note}", note=note)))
    return card("Meet each other", *parts)


# Previews ------------------------------------------------------------------------------------------


def tried(words: Text) -> Card:
    """The answer to a button of a preview."""
    return card("", words, Small(say("This was a preview, so nothing was kept.")))


def _marked(shown: Card, *, preview: bool) -> Card:
    if not preview:
        return shown
    foot = Small(say("This is a preview, so nothing was kept."))
    return Card(shown.title, (*shown.parts, foot), shown.tone)


# To member support ---------------------------------------------------------------------------------


def line_about(member: Member, account: Account | None, community: Community, answer: str) -> Card:
    """`Ana would like to learn; in Lisbon`: the city of their time zone, if that is known."""
    known = member.zone or (account.zone if account else "")
    zone = zone_of(member, account, community) if known else ""
    city = zone.rpartition("/")[2].replace("_", " ") if "/" in zone else ""
    if not city:
        return card("", say("{who} would like to {wish}.", who=member, wish=WISHES[answer]))
    return card("", say("{who} would like to {wish}; in {city}.", who=member, wish=WISHES[answer], city=city))


def step_answer(member: Member, words: str) -> Card:
    """A newcomer's answer to the question of a step."""
    return card(
        "",
        say("{who} answers to the welcome:", who=member),
        say("{words}", words=quoted(words, member.id)),
    )


def unanswered(first: FirstMessage) -> Card:
    """A newcomer's first message to which nobody has replied."""
    return card(
        "",
        say(
            "{who} is new here and wrote for the first time: {place}, on {when}. Nobody has answered yet. "
            "A line from you would help.",
            who=Name(first.member),
            place=PlaceRef(first.space, first.place, first.message),
            when=first.at,
        ),
    )

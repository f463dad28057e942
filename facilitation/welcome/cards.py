"""What newcomers read: the first message, the button in the channel, steps, and what follows an answer."""

from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    LinkButton,
    Mention,
    Name,
    Part,
    Small,
    Text,
)
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.speech import card, quoted, say
from facilitation.welcome.journey import CHOICES, HELLO, LABELS, Choice
from facilitation.welcome.templates import Surroundings, filled
from storage.communities import Use
from storage.welcome import Step


def hello(around: Surroundings, member: int, words: str = "", *, preview: bool = False) -> Card:
    """The first message: who we are in two lines, and one question."""
    return card(
        f"Welcome to {around.community.name}",
        filled(words or HELLO, around, member),
        *_in_two_lines(around.charter),
        say("**How would you like to take part?** You can change your mind at any time."),
        choices(preview=preview),
    )


def once_more(around: Surroundings, member: int) -> Card:
    """The second and last message to whoever did not answer."""
    return card(
        "",
        say(
            "Hello {name}, no hurry at all. If you tell me how you would like to take part in "
            "**{community}**, I show you what fits. If not, I leave you in peace.",
            name=Name(member),
            community=around.community.name,
        ),
        choices(),
    )


def choices(*, preview: bool = False) -> Buttons:
    """The first question's answers."""
    return Buttons(
        tuple(Button(LABELS[one], "welcome.answer", {"choice": one, "preview": preview}) for one in CHOICES)
    )


def door(member: int) -> Card:
    """The post in the welcome channel for one newcomer: it shows their name and does not notify them."""
    return card(
        "",
        say(
            "Welcome, {name}. Shall I show you around? One question now, and a few short messages in the "
            "coming weeks.",
            name=Name(member),
        ),
        _start(),
    )


def wide_door() -> Card:
    """The one post for a crowd."""
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


def _in_two_lines(charter: CharterText) -> list[Part]:
    lines: list[Part] = []
    if charter.domain:
        lines.append(say("**{domain}**", domain=charter.domain))
    if charter.purpose:
        lines.append(say("{purpose}", purpose=charter.purpose))
    return lines


# After the answer ----------------------------------------------------------------------------------

FIRST_WORDS: dict[Choice, str] = {
    "look around": "Gladly. Nobody expects anything of you; come and go as you like.",
    "learn": "A good place for that. Everybody here is learning something.",
    "share": "How kind. There is always somebody who needs just what you know.",
    "help": "That is good to hear. I have told those who look after newcomers.",
}


def after(choice: Choice, around: Surroundings, *, agreed: bool = False, preview: bool = False) -> Card:
    """What follows the answer: topics, so that others find one, and the ground rules."""
    parts: list[Part] = [say("{words}", words=FIRST_WORDS[choice])]
    topics = {
        "learn": say("Which topics? Then others can point you to what helps."),
        "share": say("In which topics? Then people who need you can find you."),
    }.get(choice, say("If you like, tell us what you are interested in and can help with."))
    about = Buttons((Button("Tell us about you", "charter.me", optional=True),))
    parts += [topics, about]
    rules = around.charter.ground_rules
    if rules and not agreed:
        listed_rules = "\n".join(f"• {rule}" for rule in rules)
        parts += [
            say("**Our ground rules**\n{rules}", rules=listed_rules),
            Buttons((Button("I agree", "welcome.agree", {"preview": preview}, style="primary"),)),
        ]
    else:
        parts += offers(choice, around, preview=preview)
    return _marked(card("Thank you", *parts, tone="good"), preview=preview)


def agreed(choice: str, around: Surroundings, *, preview: bool = False) -> Card:
    """What follows *I agree*: the offers to meet others."""
    parts = offers(choice, around, preview=preview)
    last = [] if parts else [say("That is all for now. I come back in a day or two.")]
    return _marked(card("Good, we are set", *parts, *last, tone="good"), preview=preview)


def offers(choice: str, around: Surroundings, *, preview: bool = False) -> list[Part]:
    """To introduce oneself, to have a buddy, and for whoever came to learn a mentor."""
    spot = around.used_for(Use.INTRODUCTIONS)
    buttons = [Button("Find me a buddy", "welcome.find_buddy", {"preview": preview})]
    if spot is not None:
        buttons.insert(
            0, Button("Introduce myself", "welcome.introduce", {"preview": preview}, style="primary")
        )
    if choice == "learn":
        buttons.append(Button("Find a mentor", "mentoring.request", optional=True))
    invitation = say(
        "When you feel like it, meet the others: say hello, or have a buddy whom you can ask anything."
    )
    return [invitation, Buttons(tuple(buttons))]


# Steps ---------------------------------------------------------------------------------------------


def step_card(step: Step, around: Surroundings, member: int, *, preview: bool = False) -> Card:
    """One step as a newcomer gets it: its words, and what can be done."""
    return card("", filled(step.words, around, member, step), *_doing(step, around, preview=preview))


def _doing(step: Step, around: Surroundings, *, preview: bool) -> list[Part]:
    match step.kind:
        case "question":
            return [Buttons((Button("Answer", "welcome.tell", {"step": step.id, "preview": preview}),))]
        case "task":
            return [Buttons((Button("Done", "welcome.done", {"step": step.id, "preview": preview}),))]
        case "person" if step.person is None:
            buddy = Button("Find me a buddy", "welcome.find_buddy", {"preview": preview})
            return [Buttons((buddy, Button("Find a mentor", "mentoring.request", optional=True)))]
        case "channel" if (spot := around.channel_of(step)) and Use.INTRODUCTIONS in spot.uses:
            return [
                Buttons(
                    (Button("Introduce myself", "welcome.introduce", {"preview": preview}, style="primary"),)
                )
            ]
        case "resource" if step.link:
            return [Buttons((), (LinkButton("Open it", step.link),))]
        case "resource":
            return [Buttons((Button("Look at the shelf", "resources.browse", optional=True),))]
        case _:
            return []


# Meeting others ------------------------------------------------------------------------------------


def introduction(member: int, words: str) -> Card:
    """Somebody introduces themselves, in their own words."""
    return card(
        "",
        say("{who} says hello:", who=Mention(member)),
        say("{words}", words=quoted(words, member)),
        _say_hello(member),
    )


def _say_hello(member: int) -> Small:
    return Small(say("Say hello to {who} in the thread.", who=Name(member)))


def meet(newcomer: int, buddy: int, around: Surroundings, note: str = "") -> Card:
    """A newcomer and their buddy are brought together; `note` says who else can read along."""
    parts: list[Part] = [
        say(
            "{newcomer}, this is {buddy}, who is happy to answer anything about {community}, however small.",
            newcomer=Mention(newcomer),
            buddy=Mention(buddy),
            community=around.community.name,
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


def tried(words: Text) -> Card:
    """The answer to a button of a preview."""
    return card("", words, Small(say("This was a preview, so nothing was kept.")))


def _marked(shown: Card, *, preview: bool) -> Card:
    if not preview:
        return shown
    foot = Small(say("This is a preview, so nothing was kept."))
    return Card(shown.title, (*shown.parts, foot), shown.tone)

"""Scripts: what members type, press and fill in at set times during a rehearsal."""

from pathlib import Path
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from bot import toml
from facilitation.core.platforms.surface import Interaction, RenderableCard
from facilitation.core.values.cards import Button, buttons_in
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import SpaceRef


class Step(BaseModel):
    """One action of a member: `say` a command, `press` a button by its label, or `fill` a form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: AwareDatetime
    who: str = Field(description="the platform's id of a member")
    place: str = Field(default="", description="the platform's id of a channel; empty for a direct message")
    say: str = Field(default="", description="such as /cop share https://example.org a note #topic")
    press: str = Field(default="", description="the label of a button on the newest message that has it")
    fill: str = Field(default="", description="a form by its id, such as charter.edit_profile, with `values`")
    values: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(map(bool, (self.say, self.press, self.fill))) != 1:
            raise ValueError("a step has exactly one of say, press and fill")
        if self.say and self.say.partition(" ")[0] not in ("/cop", "/coordinate"):
            raise ValueError("say begins with /cop or /coordinate")
        return self

    def interaction(self, space: SpaceRef, seen: list[RenderableCard]) -> Interaction:
        """The interaction of this step; `seen` are the cards that its member can see, newest first.

        Raises BadInput if the step presses a button that none of these cards has.
        """
        here: dict[str, Any] = {"place": self.place, "direct": not self.place}
        if self.say:
            root, _, words = self.say.partition(" ")
            return Interaction(
                space, self.who, "coordinate" if root == "/coordinate" else "cop", words, **here
            )
        if self.fill:
            return Interaction(
                space, self.who, command=self.fill, args=self.values, via="form", submitted=True, **here
            )
        for renderable in seen:
            button = _labelled(renderable, self.press)
            if button is not None:
                community = button.community or renderable.community
                return Interaction(
                    space,
                    self.who,
                    command=button.command,
                    args=dict(button.args),
                    via="button",
                    community=community,
                    **here,
                )
        raise BadInput(f"script: at {self.at:%Y-%m-%d %H:%M} {self.who} finds no button “{self.press}”.")


class Script(BaseModel):
    """Steps in order of time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: tuple[Step, ...] = ()


def load_script(path: Path) -> tuple[Step, ...]:
    """Read the `[[steps]]` tables of a TOML file, sorted by time. Raises BadInput naming each fault."""
    script = toml.read_as(Script, path)
    return tuple(sorted(script.steps, key=lambda step: step.at))


def _labelled(renderable: RenderableCard, label: str) -> Button | None:
    return next((button for button in buttons_in(renderable.card) if button.label == label), None)

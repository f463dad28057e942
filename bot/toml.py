"""Reads operators' TOML files into models; every fault is reported in one line."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from facilitation.core.values.errors import BadInput

M = TypeVar("M", bound=BaseModel)


def read(path: Path) -> dict[str, Any]:
    """Read a TOML file. Raises BadInput if it cannot be read or is not valid."""
    try:
        return parse(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error}).") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not valid TOML: {error}.") from None


def parse(text: str, source: str) -> dict[str, Any]:
    """Parse TOML. Raises BadInput, which names `source`, if the text is not valid."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{source}: is not valid TOML: {error}.") from None


def read_as(model: type[M], path: Path) -> M:
    """Read a TOML file into a model. Raises BadInput naming every wrong key, and the valid ones."""
    given = read(path)
    try:
        return model(**given)
    except ValidationError as error:
        lines = (
            f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg'].removeprefix('Value error, ')}."
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise BadInput("\n".join((*lines, f"Keys are: {', '.join(model.model_fields)}."))) from None

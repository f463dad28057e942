"""What Discord refuses in components: rows of buttons and menus, layouts of version 2, modals."""

from typing import Any

from tests.fakes.discord.form_body import Path, Problems
from tests.fakes.discord.world import flat

Json = dict[str, Any]

ROW, BUTTON, MENU, INPUT, USERS, ROLES, MENTIONABLES, CHANNELS = 1, 2, 3, 4, 5, 6, 7, 8
SECTION, WORDS, THUMBNAIL, GALLERY, FILE, LINE, BOX, LABEL, UPLOAD = 9, 10, 11, 12, 13, 14, 17, 18, 19
RADIO, CHECKS, CHECK = 21, 22, 23
MENUS = (MENU, USERS, ROLES, MENTIONABLES, CHANNELS)
FIELDS = (INPUT, *MENUS, UPLOAD, RADIO, CHECKS, CHECK)

ROWS, BUTTONS, LAYOUT, LAYOUT_TEXT = 5, 5, 40, 4000
LINK_STYLE = 5


def check_components(components: Any, problems: Problems) -> None:
    """The rows under an ordinary message."""
    path: Path = ("components",)
    for at, row in enumerate(problems.count(components, path, 0, ROWS)):
        if _is_type(row, (ROW,), (*path, at), problems):
            _check_row(row, (*path, at), problems)
    _check_custom_ids(components, problems)


def check_layout(components: Any, problems: Problems, uploads: list[str]) -> None:
    """The components of a message that consists of nothing else."""
    path: Path = ("components",)
    allowed = (ROW, SECTION, WORDS, GALLERY, FILE, LINE, BOX)
    for at, one in enumerate(problems.count(components, path, 1, LAYOUT)):
        if _is_type(one, allowed, (*path, at), problems):
            _check_part(one, (*path, at), problems, uploads)
    everything = list(flat(components))
    words = f"The total number of components exceeds {LAYOUT}"
    problems.check(len(everything) <= LAYOUT, path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", words)
    total = sum(len(one.get("content") or "") for one in everything if one.get("type") == WORDS)
    words = f"The total displayable text size exceeds the maximum size of {LAYOUT_TEXT}"
    problems.check(total <= LAYOUT_TEXT, path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", words)
    _check_custom_ids(components, problems)
    ids: list[tuple[Path, Any]] = [(path, one["id"]) for one in everything if one.get("id")]
    problems.unique(ids, "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")


def check_modal(modal: Json, problems: Problems) -> None:
    """A form in a window of its own."""
    problems.text(modal, "title", ("data",), 45, least=1)
    problems.text(modal, "custom_id", ("data",), 100, least=1)
    path: Path = ("data", "components")
    for at, one in enumerate(problems.count(modal.get("components"), path, 1, 5)):
        here = (*path, at)
        if not _is_type(one, (ROW, LABEL, WORDS), here, problems):
            continue
        match one["type"]:
            case 1:  # a row holds one text input, the way before labels
                for inner in problems.count(one.get("components"), (*here, "components"), 1, 1):
                    if _is_type(inner, (INPUT,), (*here, "components", 0), problems):
                        problems.text(inner, "label", (*here, "components", 0), 45, least=1)
                        _check_field(inner, (*here, "components", 0), problems)
            case 18:
                problems.text(one, "label", here, 45, least=1)
                problems.text(one, "description", here, 100)
                inner = one.get("component") or {}
                if _is_type(inner, FIELDS, (*here, "component"), problems):
                    words = "The label of a text input in a Label is the Label's."
                    is_bare = not inner.get("label")
                    problems.check(is_bare, (*here, "component", "label"), "COMPONENT_INVALID", words)
                    _check_field(inner, (*here, "component"), problems)
            case _:
                problems.text(one, "content", here, LAYOUT_TEXT, least=1)
    _check_custom_ids(modal.get("components") or [], problems)


def _is_type(one: Any, allowed: tuple[int, ...], path: Path, problems: Problems) -> bool:
    kind = one.get("type") if isinstance(one, dict) else None
    words = f'Value of field "type" must be one of {allowed}.'
    return problems.check(kind in allowed, (*path, "type"), "UNION_TYPE_CHOICES", words)


def _check_row(row: Json, path: Path, problems: Problems) -> None:
    inner = problems.count(row.get("components"), (*path, "components"), 1, BUTTONS)
    is_menu = any(isinstance(one, dict) and one.get("type") in MENUS for one in inner)
    words = "The specified component exceeds the maximum width"
    problems.check(not is_menu or len(inner) == 1, path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", words)
    for at, one in enumerate(inner):
        here = (*path, "components", at)
        if _is_type(one, (BUTTON, *MENUS), here, problems):
            if one["type"] == BUTTON:
                _check_button(one, here, problems)
            else:
                _check_menu(one, here, problems)


def _check_button(button: Json, path: Path, problems: Problems) -> None:
    problems.text(button, "label", path, 80)
    shows = bool(button.get("label") or button.get("emoji"))
    problems.check(
        shows, path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button needs a label or emoji."
    )
    problems.check(
        button.get("style") in (1, 2, 3, 4, 5), (*path, "style"), "BASE_TYPE_CHOICES", "Unknown style."
    )
    if button.get("style") == LINK_STYLE:
        problems.link(button.get("url"), (*path, "url"), longest=512, schemes=("http", "https", "discord"))
        words = "A custom id and url cannot both be specified"
        problems.check(not button.get("custom_id"), path, "BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE", words)
    else:
        problems.text(button, "custom_id", path, 100, least=1)
        problems.check(not button.get("url"), path, "BUTTON_COMPONENT_INVALID_URL", "Only links have a url.")


def _check_menu(menu: Json, path: Path, problems: Problems) -> None:
    problems.text(menu, "custom_id", path, 100, least=1)
    problems.text(menu, "placeholder", path, 150)
    problems.number(menu, "min_values", path, 0, 25)
    problems.number(menu, "max_values", path, 1, 25)
    high = menu.get("max_values") or 1
    if menu["type"] == MENU:
        options = problems.count(menu.get("options"), (*path, "options"), 1, 25)
        _check_options(options, (*path, "options"), problems)
        chosen = sum(1 for one in options if isinstance(one, dict) and one.get("default"))
        words = "The number of default options is higher than max_values"
        problems.check(chosen <= high, (*path, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", words)
        words = "max_values is higher than the number of options"
        problems.check(
            high <= max(1, len(options)), (*path, "max_values"), "SELECT_COMPONENT_MAX_VALUES", words
        )
    else:
        defaults = problems.count(menu.get("default_values") or [], (*path, "default_values"), 0, high)
        kinds = {USERS: ("user",), ROLES: ("role",), CHANNELS: ("channel",), MENTIONABLES: ("user", "role")}
        for at, one in enumerate(defaults):
            is_right = one.get("type") in kinds[menu["type"]]
            problems.check(is_right, (*path, "default_values", at), "BASE_TYPE_CHOICES", "Wrong type.")
    words = "min_values is higher than max_values"
    problems.check((menu.get("min_values", 1) or 0) <= high, path, "SELECT_COMPONENT_MIN_VALUES", words)


def _check_options(options: list[Any], path: Path, problems: Problems) -> None:
    for at, one in enumerate(options):
        problems.text(one, "label", (*path, at), 100, least=1)
        problems.text(one, "value", (*path, at), 100, least=1)
        problems.text(one, "description", (*path, at), 100)
    values: list[tuple[Path, Any]] = [
        ((*path, at, "value"), one.get("value")) for at, one in enumerate(options)
    ]
    problems.unique(
        values, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is used twice"
    )


def _check_field(field: Json, path: Path, problems: Problems) -> None:
    problems.text(field, "custom_id", path, 100, least=1)
    match field["type"]:
        case 4:
            problems.check(
                field.get("style") in (1, 2), (*path, "style"), "BASE_TYPE_CHOICES", "Unknown style."
            )
            problems.text(field, "placeholder", path, 100)
            problems.number(field, "min_length", path, 0, 4000)
            problems.number(field, "max_length", path, 1, 4000)
            longest = field.get("max_length") or 4000
            problems.text(field, "value", path, longest)
            is_right = (field.get("min_length") or 0) <= longest
            problems.check(is_right, path, "TEXT_INPUT_LENGTHS", "min_length is higher than max_length")
        case 3 | 5 | 6 | 7 | 8:
            _check_menu(field, path, problems)
            is_right = not (field.get("required", True) and field.get("min_values") == 0)
            words = "min_values must be at least 1 where an answer is required"
            problems.check(is_right, (*path, "min_values"), "SELECT_COMPONENT_MIN_VALUES", words)
        case 21 | 22:
            low = 2 if field["type"] == RADIO else 1
            options = problems.count(field.get("options"), (*path, "options"), low, 10)
            _check_options(options, (*path, "options"), problems)
        case _:
            pass


def _check_part(part: Json, path: Path, problems: Problems, uploads: list[str]) -> None:
    match part["type"]:
        case 1:
            _check_row(part, path, problems)
        case 9:
            for at, one in enumerate(problems.count(part.get("components"), (*path, "components"), 1, 3)):
                if _is_type(one, (WORDS,), (*path, "components", at), problems):
                    _check_part(one, (*path, "components", at), problems, uploads)
            accessory = part.get("accessory") or {}
            if _is_type(accessory, (BUTTON, THUMBNAIL), (*path, "accessory"), problems):
                _check_part(accessory, (*path, "accessory"), problems, uploads)
        case 2:
            _check_button(part, path, problems)
        case 10:
            problems.text(part, "content", path, LAYOUT_TEXT, least=1)
        case 11:
            _check_media(part.get("media") or {}, (*path, "media"), problems, uploads)
            problems.text(part, "description", path, 1024)
        case 12:
            for at, one in enumerate(problems.count(part.get("items"), (*path, "items"), 1, 10)):
                _check_media(one.get("media") or {}, (*path, "items", at, "media"), problems, uploads)
                problems.text(one, "description", (*path, "items", at), 1024)
        case 13:
            _check_media(part.get("file") or {}, (*path, "file"), problems, uploads, only_files=True)
        case 17:
            allowed = (ROW, SECTION, WORDS, GALLERY, FILE, LINE)
            for at, one in enumerate(
                problems.count(part.get("components"), (*path, "components"), 1, LAYOUT)
            ):
                if _is_type(one, allowed, (*path, "components", at), problems):
                    _check_part(one, (*path, "components", at), problems, uploads)
        case _:
            pass


def _check_media(
    media: Json, path: Path, problems: Problems, uploads: list[str], *, only_files: bool = False
) -> None:
    url = str(media.get("url", ""))
    if url.startswith("attachment://"):
        words = f"Attachment {url} was not sent with the message."
        problems.check(
            url.removeprefix("attachment://") in uploads, (*path, "url"), "ATTACHMENT_NOT_FOUND", words
        )
    elif only_files:
        problems.add((*path, "url"), "FILE_COMPONENT_URL", "Only attachment:// is supported.")
    else:
        problems.link(url, (*path, "url"))


def _check_custom_ids(components: Any, problems: Problems) -> None:
    ids: list[tuple[Path, Any]] = [
        (("components",), one["custom_id"]) for one in flat(components) if one.get("custom_id")
    ]
    problems.unique(ids, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")

"""Draws the recap's picture: people who wrote, week by week, with the fonts in this folder."""

import asyncio
import sys
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pygal
import resvg_py
from pygal.style import Style

from facilitation.core.values.cards import Picture

# pygal adds an import hook for map plugins to Python, in a form that makes 3.11 warn whenever an import fails
# and that later versions ignore. The picture needs no maps.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

WIDTH, HEIGHT = 1200, 500
"""In pixels. Shown at 600 × 250 points, and on a phone at a third of that, hence the large type."""
TITLE = "People who spoke each week"
FEWEST = 3
"""Fewer weeks make no picture."""

_FONTS = Path(__file__).parent / "fonts"
_FONT_FILES = [str(_FONTS / "DejaVuSans.ttf"), str(_FONTS / "DejaVuSans-Bold.ttf")]
# The local page's light colours on an opaque background, for light and dark themes alike.
_PAPER, _INK, _SOFT, _LINE = "#fcf9f4", "#2b221c", "#65574b", "#d3c3ac"
_BAR, _THIS_BAR = "#e3cfb6", "#b5532c"
_EDGE = 48
_WIDEST_BAR = 128
_NOTE = "weeks up to these days"


@dataclass(frozen=True)
class Week:
    """The number of people who wrote in the week up to a day."""

    until: date
    people: int


async def draw_picture(weeks: Iterable[Week]) -> Picture | None:
    """A picture of these weeks, the last one highlighted; None for fewer than three. Draws in a thread."""
    shown = tuple(weeks)
    if len(shown) < FEWEST:
        return None
    return Picture(await asyncio.to_thread(draw_png, shown), in_words(shown))


def in_words(weeks: tuple[Week, ...]) -> str:
    """The alternative text of the picture."""
    *before, last = (f"{week.people} in the week to {_day(week.until)}" for week in weeks)
    return f"{TITLE}: {', '.join(before)}, and {last}."


@lru_cache(maxsize=16)
def draw_png(weeks: tuple[Week, ...]) -> bytes:
    """The picture as a PNG. The same weeks give the same bytes on every machine."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=_svg(weeks),
            skip_system_fonts=True,
            font_files=_FONT_FILES,
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
        )
    )


def _svg(weeks: tuple[Week, ...]) -> str:
    style = Style(
        background=_PAPER,
        plot_background="transparent",
        foreground=_SOFT,
        foreground_strong=_INK,
        font_family="DejaVu Sans",
        label_font_size=34,
        major_label_font_size=34,
        value_font_size=40,
        title_font_size=40,
        colors=(_BAR,),
        opacity="1",
        stroke_opacity="0",
    )
    chart = pygal.Bar(
        style=style,
        width=WIDTH,
        height=HEIGHT,
        margin_left=_EDGE - 20,
        margin_right=_EDGE - 20,
        margin_top=40,
        margin_bottom=24,
        spacing=18,
        title=TITLE,
        truncate_label=-1,
        range=(0, max(4, *(week.people for week in weeks)) * 1.08),
        rounded_bars=8,
        show_legend=False,
        show_y_labels=False,
        show_y_guides=False,
        print_values=True,
        print_values_position="top",
        formatter=lambda value: f"{value:,.0f}",
        explicit_size=True,
        no_prefix=True,
        disable_xml_declaration=True,
        js=(),
    )
    chart.x_labels = [_day(week.until) for week in weeks]
    *before, last = (week.people for week in weeks)
    chart.add("", [*before, {"value": last, "color": _THIS_BAR}])
    chart.add_xml_filter(_simplify)
    svg: str = chart.render(is_unicode=True)
    return svg


def _simplify(svg: Any) -> Any:
    """pygal's chart without what only browsers need, the title at the left, the last week in bold."""
    for group in svg.iter():
        for child in list(group):
            if child.tag == "script" or "tooltip-overlay" in child.get("class", ""):
                group.remove(child)
    _of_class(svg, "rect", "background")[0].set("rx", "28")
    _place_title(svg)
    bars = _of_class(svg, "rect", "rect")
    for bar in bars:
        _narrow(bar)
    floor = float(bars[0].get("y")) + float(bars[0].get("height"))
    for axis in _of_class(svg, "path", "line"):
        axis.set("d", f"M{_EDGE - 28} {floor} H{WIDTH - _EDGE - 28}")
        axis.set("style", f"stroke: {_LINE}; stroke-width: 2")
    values = _of_class(svg, "text", "value")
    labels = [text for text in svg.iter("text") if text.get("class") == ""]
    for value in values:
        value.set("style", f"fill: {_INK}")
        _move_down(value, -8)
    for label in labels:
        _move_down(label, 6)
    for text in (values[-1], labels[-1]):
        text.set("style", f"fill: {_THIS_BAR}; font-weight: bold")
    return svg


def _place_title(svg: Any) -> None:
    """Move the title to the left, and explain the dates at the right of its line."""
    group = _of_class(svg, "g", "titles")[0]
    title = _of_class(group, "text", "title")[0]
    note = deepcopy(title)
    note.text = _NOTE
    group.append(note)
    title.set("x", str(_EDGE))
    title.set("style", "text-anchor: start; font-weight: bold")
    note.set("x", str(WIDTH - _EDGE))
    note.set("style", f"text-anchor: end; font-size: 28px; fill: {_SOFT}")


def _narrow(bar: Any) -> None:
    """Limit the width of a bar, and the radius of its corners to half its height."""
    width, height = float(bar.get("width")), float(bar.get("height"))
    spare = max(0.0, width - _WIDEST_BAR)
    bar.set("x", str(float(bar.get("x")) + spare / 2))
    bar.set("width", str(width - spare))
    for radius in ("rx", "ry"):
        bar.set(radius, str(min(8.0, height / 2)))


def _move_down(text: Any, by: float) -> None:
    text.set("y", str(float(text.get("y")) + by))


def _of_class(svg: Any, tag: str, name: str) -> list[Any]:
    return [element for element in svg.iter(tag) if name in element.get("class", "").split()]


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"

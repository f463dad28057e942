"""The shelf on the home card and in the recap."""

from facilitation.core.features.contributions import Period, Section
from facilitation.core.values.cards import Part
from facilitation.core.values.commands import Context
from facilitation.resources import cards
from facilitation.resources.feature import feature
from storage.resources import Shelf

NEWS_AT_MOST = 5


@feature.home("shelf")
async def on_the_shelf(context: Context, shelf: Shelf) -> list[Part]:
    """How many links the shelf has, and the newest."""
    return cards.home_lines(await shelf.browse(size=1))


@feature.recap("shelf")
async def new_on_the_shelf(period: Period, shelf: Shelf) -> Section | None:
    """The links shared in the period."""
    newest = await shelf.between(period.since, period.until, limit=NEWS_AT_MOST)
    if not newest.total:
        return None
    return Section("New on the shelf", cards.recap_items(newest), weight=newest.total)

"""Public holidays, by country and day."""

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=2_000)
def holiday(country: str, day: date) -> str:
    """The name of the public holiday on a day, in English where there is a translation; empty if there is
    none.

    It is also empty for a country that the library does not know.
    """
    import holidays  # noqa: PLC0415  # 250 countries: that takes as long as starting everything else

    if country not in holidays.list_supported_countries():
        return ""
    languages = holidays.list_localized_countries().get(country, [])
    english = next((one for one in languages if one.startswith("en")), None)
    return holidays.country_holidays(country, years=day.year, language=english).get(day) or ""

"""Building blocks of web pages: cards, forms and plain elements. They know no page and hold no state."""

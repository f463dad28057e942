"""Building blocks of web pages: cards, forms and plain elements, independent of any one page."""

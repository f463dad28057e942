"""The local page: a small platform of its own in the browser, on which anyone can try Tertulia."""

"""The local page: a chat platform in memory, shown in the browser, on which anyone can try Tertulia."""

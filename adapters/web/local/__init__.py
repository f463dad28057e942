"""The local page: a chat platform in memory, shown in the browser, to try Tertulia on."""

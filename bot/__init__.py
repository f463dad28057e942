"""The process: configuration, command line and wiring; nothing about communities is decided here."""

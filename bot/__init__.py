"""The process layer: configuration, command line and wiring. It makes no decisions about communities."""

"""The contract between the core and a platform."""

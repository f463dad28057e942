"""What a platform must do, and what the core hands to it."""

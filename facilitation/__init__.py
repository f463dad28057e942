"""What Tertulia does: rooms (one capability each) on a shared core."""

"""What Tertulia does: features, one package each, on a shared core."""

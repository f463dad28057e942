"""Converts core values to database rows and back: the codec, and the encryption of sealed rows."""

"""Answers to what people send: who is calling, whether they may, and what they get back."""

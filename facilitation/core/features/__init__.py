"""How features declare what they offer, and where all of it is looked up."""

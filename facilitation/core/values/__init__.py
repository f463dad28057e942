"""What is said, heard and asked, as frozen values that know nothing of the rest."""

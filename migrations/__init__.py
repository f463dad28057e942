"""The database's revisions: written by `python -m migrations new`, run by `storage.migration`.

The command compares the tables in `storage/` with the newest revision and writes the next one. Read it before
you commit it. It cannot know what becomes of existing rows, nor that a column was renamed: it sees one column
go and another one come. What it adds to Alembic's autogenerate is in `migrations.autogenerate`.

A released revision never changes, which a test checks by its checksum; the next one corrects a mistake in
it. A revision names plain column types, and nothing else of the code, which goes on changing.

Every revision can be undone, and the tests do so. No command of the bot does it, because it would lose what
the later version wrote. The way back is the copy that an upgrade makes of the file.
"""

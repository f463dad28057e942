"""How the database grows: Alembic revisions, run by `storage.migration`, written by `python -m migrations`.

`python -m migrations "what changes"` compares the tables in `storage/` with the revisions and writes the next
one. Until the first release there is only the initial revision, and `python -m migrations --anew` writes that
one again. What autogenerate cannot know (a full-text index, its triggers) stands beside its table, as
`__table_args__ = {"info": {"beside": {"sqlite": [statement, …], "postgresql": [statement, …]}}}`, and goes
into the revision that creates the table. Names that start with `fts_` are never compared.

SQLite alters a table by copying it: give the batch `table_kwargs={"sqlite_autoincrement": True}`, and create
the table's triggers again after it. A test notices where that was forgotten.

Every revision can be undone, which the tests do; no command of the bot does it, since what a later version
wrote would be lost. The way back is the copy which is set aside before an upgrade.
"""

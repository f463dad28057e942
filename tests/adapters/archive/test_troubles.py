from adapters.archive.import_report import MOST_KINDS, ImportReport


def test_files_come_first_then_rows_by_number() -> None:
    troubles = ImportReport()
    troubles.row("b")
    troubles.row("a")
    troubles.row("c", 2)
    troubles.file("x.json", "is broken")
    troubles.left_out("y/", "is private")
    assert troubles.lines() == [
        "y/: is private",
        "x.json: is broken",
        "left out: c, 2 rows",
        "left out: a, 1 row",
        "left out: b, 1 row",
    ]


def test_a_new_reading_forgets_the_last_but_not_the_opening() -> None:
    troubles = ImportReport()
    troubles.left_out("y/", "is private")
    troubles.file("x.json", "is broken")
    troubles.row("a")
    troubles.begin()
    assert troubles.lines() == ["y/: is private"]


def test_whatever_a_file_is_called_its_line_stays_one() -> None:
    troubles = ImportReport()
    troubles.file("a\nb\x1b[31m.json", "is broken")
    troubles.row("sub\ntype")
    assert troubles.lines() == ["a�b�[31m.json: is broken", "left out: sub�type, 1 row"]


def test_kinds_without_end_are_put_together() -> None:
    troubles = ImportReport()
    for number in range(1_000):
        troubles.row(f"kind {number}")
    assert len(troubles.lines()) == MOST_KINDS + 1
    assert troubles.lines()[0] == f"left out: other kinds, {1_000 - MOST_KINDS} rows"

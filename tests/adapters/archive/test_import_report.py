from adapters.archive.import_report import MAX_KINDS, ImportReport


def test_files_come_first_then_rows_by_number() -> None:
    problems = ImportReport()
    problems.add_rows("b")
    problems.add_rows("a")
    problems.add_rows("c", 2)
    problems.add_file("x.json", "is broken")
    problems.skip_file("y/", "is private")
    assert problems.lines() == [
        "y/: is private",
        "x.json: is broken",
        "left out: c, 2 rows",
        "left out: a, 1 row",
        "left out: b, 1 row",
    ]


def test_a_new_reading_forgets_the_last_but_not_the_opening() -> None:
    problems = ImportReport()
    problems.skip_file("y/", "is private")
    problems.add_file("x.json", "is broken")
    problems.add_rows("a")
    problems.start_reading()
    assert problems.lines() == ["y/: is private"]


def test_a_line_stays_one_line_for_any_name_of_a_file() -> None:
    problems = ImportReport()
    problems.add_file("a\nb\x1b[31m.json", "is broken")
    problems.add_rows("sub\ntype")
    assert problems.lines() == ["a�b�[31m.json: is broken", "left out: sub�type, 1 row"]


def test_kinds_without_end_are_put_together() -> None:
    problems = ImportReport()
    for number in range(1_000):
        problems.add_rows(f"kind {number}")
    assert len(problems.lines()) == MAX_KINDS + 1
    assert problems.lines()[0] == f"left out: other kinds, {1_000 - MAX_KINDS} rows"

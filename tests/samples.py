"""What `make test` takes a sample of, and `make endurance` does in full: every such number stands here.

| what | in `make test` | in `make endurance` |
|---|---|---|
| tests of features on PostgreSQL | every fifth, the same each time | the others |
| every method of every repository from another community | on SQLite | on PostgreSQL too |
| a database of the first revision, upgraded and used | on SQLite | on PostgreSQL too |
| pictures for the docs | | all |
| random lives of newcomers | 300 steps | 10,000 steps |
| random lives of mentoring | 1 | 30 |
| small rounds held against brute force | 150 | 2,000 |
| large rounds held against another solver | 15 | 150 more |
| rules of recurrence held against brute force | 4 | 200, in every zone |
| processes that are killed while they post | 6, on PostgreSQL | 6, 20 and 200, on both |
| ways in which those who may send a command send it | 1 of 3, in turn | all |
| commands typed by each kind of person on each platform | a quarter | all |
| a raid on Discord | 150 join | 2,000 join |
| rehearsals of real archives | the first 6 weeks of two | three whole ones |

Apart from these, the core's and storage's own tests run on both databases in `make test`.
"""

import zlib

import pytest

POSTGRESQL_SHARE = 5
"""Of the tests of features that use both databases, one in so many runs on PostgreSQL each time.

What is particular to a database is in the repositories, whose own tests all run on both.
"""
NEWCOMER_STEPS = (300, 10_000)
MENTORING_LIVES = (1, 30)
SMALL_ROUNDS = (150, 2_000)
SAMPLED_RULES = 4
KILLS = (6, 20)
WAYS_OF_THOSE_WHO_MAY = (1, 3)
RIGHTS_ON_PLATFORMS = (4, 1)
"""One in so many pairs of a command and a kind of person is tried on each platform."""
RAID = (150, 2_000)
WEEKS_OF_ARCHIVES = 6


def sampled(name: str, amounts: tuple[int, int]) -> pytest.MarkDecorator:
    """Give a test its parameter `name`: the smaller amount in `make test`, the larger in `make endurance`."""
    small, whole = amounts
    return pytest.mark.parametrize(name, [small, pytest.param(whole, marks=pytest.mark.endurance)])


def is_in_sample(node_id: str) -> bool:
    """Whether a test of features is in the sample on PostgreSQL: always the same ones are."""
    return zlib.crc32(node_id.encode()) % POSTGRESQL_SHARE == 0

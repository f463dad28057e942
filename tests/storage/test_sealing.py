"""Sealing: only a key opens, only under its name, and what is wrong is said without showing a key."""

import base64

import pytest

from storage.sealing import KEY_BYTES, NoKey, Seals, Unopened, fresh_key, keys_from

OLD, NEW = bytes(KEY_BYTES), bytes(range(KEY_BYTES))
WORDS = "Something happened, “é” and all\nof it."


@pytest.mark.parametrize("text", ["", "1", WORDS, "x" * 5_000])
def test_what_is_sealed_opens_to_the_same_text(text: str) -> None:
    seals = Seals([NEW])
    assert seals.open(seals.seal(text, "a"), "a") == text


def test_nothing_of_the_text_is_seen_and_no_two_seals_are_alike() -> None:
    seals = Seals([NEW])
    first, second = seals.seal(WORDS, "a"), seals.seal(WORDS, "a")
    assert first != second
    assert b"happened" not in base64.urlsafe_b64decode(first)


def test_short_texts_are_equally_long() -> None:
    seals = Seals([NEW])
    assert len({len(seals.seal(text, "a")) for text in ("", "7", "12345", "x" * 200)}) == 1


def test_it_opens_under_its_own_name_only() -> None:
    seals = Seals([NEW])
    with pytest.raises(Unopened):
        seals.open(seals.seal(WORDS, "outbox:1"), "outbox:2")


def test_after_a_rotation_the_new_key_seals_and_both_open() -> None:
    before = Seals([OLD]).seal(WORDS, "a")
    rotated = Seals([NEW, OLD])
    assert rotated.open(before, "a") == WORDS
    assert Seals([NEW]).open(rotated.seal(WORDS, "a"), "a") == WORDS
    with pytest.raises(Unopened):
        Seals([NEW]).open(before, "a")


@pytest.mark.parametrize("damaged", ["", "no base64 é", "AAAA", base64.urlsafe_b64encode(bytes(60)).decode()])
def test_what_is_damaged_does_not_open(damaged: str) -> None:
    with pytest.raises(Unopened):
        Seals([NEW]).open(damaged, "a")


def test_every_changed_character_is_noticed() -> None:
    seals = Seals([NEW])
    sealed = seals.seal("yes", "a")
    for at in range(0, len(sealed), 7):
        other = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        with pytest.raises(Unopened):
            seals.open(other, "a")


def test_without_a_key_nothing_is_sealed_or_opened() -> None:
    sealed = Seals([NEW]).seal(WORDS, "a")
    assert not Seals()
    with pytest.raises(NoKey):
        Seals().seal(WORDS, "a")
    with pytest.raises(NoKey):
        Seals().mark("a")
    with pytest.raises(Unopened):
        Seals().open(sealed, "a")


def test_a_mark_is_the_same_for_the_same_text_and_key() -> None:
    assert Seals([NEW, OLD]).mark("direct:7") == Seals([NEW]).mark("direct:7")
    assert (
        len({Seals([NEW]).mark("direct:7"), Seals([NEW]).mark("direct:8"), Seals([OLD]).mark("direct:7")})
        == 3
    )


def test_keys_are_read_from_a_setting() -> None:
    one, two = fresh_key(), fresh_key()
    assert one != two
    assert [len(key) for key in keys_from(f"{one}, {two}")] == [KEY_BYTES, KEY_BYTES]
    assert keys_from("") == ()


@pytest.mark.parametrize("wrong", ["tr0ub4dor", "tr0ub4dor=é", "dHJvdWI0ZG9y"])
def test_a_wrong_key_is_said_by_its_number_and_not_shown(wrong: str) -> None:
    with pytest.raises(ValueError, match="key 2 is none") as refused:
        keys_from(f"{fresh_key()} {wrong}")
    assert wrong not in str(refused.value)


def test_seals_show_no_key() -> None:
    assert repr(Seals([NEW])) == "Seals(1 keys)"

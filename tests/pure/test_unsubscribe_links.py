"""A link is whose it is: nobody makes one, changes one, or takes it to another client."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.unsubscribe_links import is_unsubscribe_link, link_keys, read_token, unsubscribe_token

OLD, NEW = "an older secret key that is long enough", "a newer secret key that is long enough"
KEYS = link_keys(NEW)
ACME, BRIGHT = UUID(int=0xAC), UUID(int=0xB1)
ADA, BOB = UUID(int=0xADA), UUID(int=0xB0B)
TOKEN = unsubscribe_token(KEYS[0], ACME, ADA)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.uuids(), st.uuids())
def test_a_token_says_whose_it_is_and_fits_into_an_address_as_it_is(client: UUID, address: UUID) -> None:
    token = unsubscribe_token(KEYS[0], client, address)
    assert read_token(KEYS, token) == (client, address)
    assert len(token) == 72
    assert set(token) <= set(LETTERS)


def test_the_same_mail_sent_again_has_the_same_link() -> None:
    assert unsubscribe_token(KEYS[0], ACME, ADA) == TOKEN
    assert len({TOKEN, unsubscribe_token(KEYS[0], ACME, BOB), unsubscribe_token(KEYS[0], BRIGHT, ADA)}) == 3


def test_no_letter_of_a_token_can_be_another() -> None:
    for place in range(len(TOKEN)):
        for letter in LETTERS:
            changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
            assert (read_token(KEYS, changed) is None) is (changed != TOKEN)


@pytest.mark.parametrize(
    "junk",
    [
        *("", "x", TOKEN[:-1], TOKEN[1:], TOKEN + "A", TOKEN + "=", TOKEN * 2, " " + TOKEN[1:], "é" * 72, "A" * 72),
        *("." * 72, "+" * 72, "=" * 72, TOKEN[:-1] + "\n", TOKEN.swapcase(), TOKEN[::-1], "\x00" * 72),
    ],
)
def test_what_was_cut_or_made_up_is_nobodys(junk: str) -> None:
    assert read_token(KEYS, junk) is None


def test_a_client_cannot_take_its_own_token_to_another_client() -> None:
    """The key is the house's and no client has it; a token with the ids of two others put together is not signed."""
    own = unsubscribe_token(KEYS[0], BRIGHT, ADA)
    for cut in range(len(TOKEN)):
        assert read_token(KEYS, own[:cut] + TOKEN[cut:]) in (None, (BRIGHT, ADA), (ACME, ADA))
    assert read_token(link_keys("the secret key of another house, long"), TOKEN) is None


def test_a_link_outlives_its_key_as_long_as_the_key_is_listed() -> None:
    before = unsubscribe_token(link_keys(OLD)[0], ACME, ADA)
    both = link_keys(f"{NEW}, {OLD}")
    assert read_token(both, before) == (ACME, ADA)
    assert read_token(both, unsubscribe_token(both[0], ACME, ADA)) == (ACME, ADA)
    assert unsubscribe_token(both[0], ACME, ADA) == TOKEN, "the first key signs"
    assert read_token(KEYS, before) is None, "a key that was taken off the list ends its links"


def test_the_key_of_the_links_is_no_other_key_of_the_house() -> None:
    assert KEYS[0] not in (NEW.encode(), NEW.encode()[:32])
    assert len(KEYS[0]) == 32
    assert link_keys(f" {NEW} ,, {OLD},") == link_keys(f"{NEW},{OLD}")


@pytest.mark.parametrize(
    ("link", "ours"),
    [
        *((f"{base}/u/{TOKEN}", True) for base in ("https://app.example.com", "http://127.0.0.1:8400")),
        (f"https://example.com/omnify/u/{TOKEN}?utm_source=mail#top", True),
        *((f"https://acme.example/{path}", False) for path in ("more", "u/", "u/ada", f"{TOKEN}", f"u/{TOKEN}/x")),
        (f"https://acme.example/more?from=/u/{TOKEN}", False),
        *((junk, False) for junk in ("", "/u/", "https://[acme/u/x", "mailto:ada@acme.example", f"u/{TOKEN}")),
    ],
)
def test_a_link_is_told_from_others_by_its_path_whatever_our_address_was(link: str, ours: bool) -> None:
    assert is_unsubscribe_link(link) is ours

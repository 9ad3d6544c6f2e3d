"""The hash of a text: what the ledger, the consents and the evidence keep and compare."""

from utils.digest import hash_text


def test_it_is_the_sha256_of_the_exact_text_as_utf_8() -> None:
    """The first is the published example of the standard (FIPS 180-4, one block)."""
    assert hash_text("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hash_text("Sí") == "739215889580345e7630a71acd2863cd8ffd6db4bca79a39d1a276b8b3bcec6a"
    assert len({hash_text(one) for one in ("yes", "yes ", "Yes", "ye\u0301s")}) == 4

"""What tells the same text from others, wherever one is compared, named or kept by its hash alone."""

import hashlib


def hash_text(text: str) -> str:
    """SHA-256 of the exact text as UTF-8: 64 lowercase hexadecimal digits. One letter or space more is another text."""
    return hashlib.sha256(text.encode()).hexdigest()

"""The address in a line such as `Ada <ada@acme.com>`, which providers write without the quotes that a name may need."""

import re
from email.utils import parseaddr

_IN_BRACKETS = re.compile(r"<\s*([^<>\s@]+@[^<>\s@]+)\s*>[^<>]*$")


def address_in(line: str) -> str:
    """In lower case; empty when there is none. What stands in the last angle brackets counts: the standard library
    takes the name for an address, or nothing for one, where it holds a comma, brackets or an address itself
    (`Lovelace, Ada <ada@acme.com>`)."""
    found = _IN_BRACKETS.search(line)
    address = found[1] if found else parseaddr(line)[1]
    return address.lower() if "@" in address else ""

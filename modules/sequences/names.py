"""How a sequence may be named, wherever a file or a person names one."""

import re

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

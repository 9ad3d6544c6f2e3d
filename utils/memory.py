"""What a process has loaded stays: the garbage collector need not walk over it again and again."""

import gc
from functools import lru_cache


@lru_cache(maxsize=1)
def keep_what_is_loaded() -> None:
    """Once a process, when its modules are loaded: the collector passes them by from then on.

    A sweep makes many small values, so the collector runs often, and looking through all modules each time took an
    eighth of its processor time. What is made later is collected as ever.
    """
    gc.freeze()

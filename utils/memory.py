"""What a process has loaded stays: the garbage collector need not walk over it again and again."""

import gc
from functools import lru_cache

SMALL_VALUES = 50_000
"""So many new ones until the collector looks for circles among them: some ten megabytes, instead of at every 700.
The few batches that are under way at once hold fewer, and these go by themselves: to look at them took a tenth of a
sweep's processor time."""


@lru_cache(maxsize=1)
def keep_what_is_loaded() -> None:
    """Once a process, when its modules are loaded: the collector passes them by from then on, and looks less often.

    A sweep makes many small values, so the collector ran all the time and through all modules: a seventh of the sweep's
    processor time. What is made later is collected as ever.
    """
    gc.freeze()
    gc.set_threshold(SMALL_VALUES, 20, 20)

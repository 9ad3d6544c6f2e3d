"""Named places where a test may stop the process; in production a call does nothing."""

from collections.abc import Callable

_visit: Callable[[str], None] | None = None


def crashpoint(name: str) -> None:
    """Marks that the process may die here, for example `crashpoint("after_arm")`."""
    if _visit is not None:
        _visit(name)


def install(visit: Callable[[str], None] | None) -> None:
    """Sets what happens at every crashpoint (None: nothing). Only the job runner and tests call this."""
    global _visit
    _visit = visit

"""The one error of this package."""

from utils.errors import AppError


class DatabaseProblem(AppError):
    """PostgreSQL cannot be found, started, prepared or migrated; the sentence says what to do about it."""

    title = "The database cannot be used"

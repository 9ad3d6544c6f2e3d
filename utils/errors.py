"""Errors that a person reads: one sentence, the field it is about, the way out."""

import copyreg


class Portable(Exception):
    """An error that says the same in another process, whatever its class is made of: pickle's own way would call
    `__init__` with the finished sentence."""

    def __reduce__(self) -> tuple[object, ...]:
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined]


class AppError(Portable):
    """A refusal with an HTTP status; `detail` is one clear sentence, `field` names what to change."""

    status_code = 500
    title = "Something went wrong"

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class BadInput(AppError):
    status_code = 422
    title = "This cannot be used as it is"


class NotSignedIn(AppError):
    status_code = 401
    title = "Please sign in"


class BadSignature(AppError):
    status_code = 401
    title = "The signature is not valid"


class NotAllowed(AppError):
    status_code = 403
    title = "This is not allowed"


class NotFound(AppError):
    status_code = 404
    title = "Not found"


class Conflict(AppError):
    status_code = 409
    title = "This does not fit what is there"


class TooLarge(AppError):
    status_code = 413
    title = "This is too large"


class Unavailable(AppError):
    """Something we need is down; the caller may try again."""

    status_code = 503
    title = "Not available right now"


class SettingsError(AppError):
    """A setting is missing or half given; the sentence names it."""

    title = "A setting is missing or wrong"


def place_of(error: BaseException) -> str:
    """`file:line` where it was raised, without a word of its message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "nowhere"

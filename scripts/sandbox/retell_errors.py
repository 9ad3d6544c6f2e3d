"""Retell's refusals: JSON of status and message (statuses after the SDK 6.2.13; the texts are ours)."""

from starlette.responses import JSONResponse, Response

from scripts.sandbox.answers import Refusals


def refuse(status: int, message: str) -> Response:
    return JSONResponse({"status": "error", "message": message}, status_code=status)


def over_concurrency() -> Response:
    return refuse(429, "The account has reached its limit of concurrent calls.")


REFUSALS = Refusals(
    server_error=lambda: refuse(500, "An unexpected error occurred."),
    too_many=lambda: refuse(429, "Too many requests."),
    reject=lambda code: refuse(int(code) if code and code.isdecimal() else 400, "The call was refused."),
)

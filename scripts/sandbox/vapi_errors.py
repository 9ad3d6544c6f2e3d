"""Vapi's refusals: JSON of message, error and statusCode; the message is a text, or a list where fields are wrong.

The spec (2026-08-18) gives 400 and 500 no schema; the shape is what callers report. 401 and 429 have the same shape.
"""

from starlette.responses import JSONResponse, Response

from scripts.sandbox.answers import Refusals

REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


def refuse(status: int, message: str | list[str]) -> Response:
    reason = REASONS.get(status, "Error")
    return JSONResponse({"message": message, "error": reason, "statusCode": status}, status_code=status)


def over_concurrency() -> Response:
    return refuse(400, "Over Concurrency Limit. Wait for a call to end, or raise the limit.")


REFUSALS = Refusals(
    server_error=lambda: refuse(500, "Internal server error"),
    too_many=lambda: refuse(429, "Rate limit exceeded"),
    reject=lambda code: refuse(400, code or "The call was refused."),
)

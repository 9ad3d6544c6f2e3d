"""GoHighLevel's refusals: JSON of statusCode, message and error (common-schemas.json: 400, 401, 422).

A refused send calls its number `status`, not `statusCode` (seen in many public clients).
"""

from starlette.responses import JSONResponse, Response

from scripts.sandbox.answers import Refusals

WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
DND_ACTIVE = "Cannot send message as DND is active for {channel}."


def refuse(status: int, message: str) -> Response:
    return JSONResponse({"statusCode": status, "message": message, "error": WORDS[status]}, status_code=status)


def refuse_fields(*complaints: str) -> Response:
    """422: one sentence a field that is wrong."""
    body = {"statusCode": 422, "message": list(complaints), "error": WORDS[422]}
    return JSONResponse(body, status_code=422)


def refuse_send(message: str) -> Response:
    return JSONResponse({"status": 400, "message": message, "name": "HttpException"}, status_code=400)


def refuse_dnd(channel: str) -> Response:
    return refuse_send(DND_ACTIVE.format(channel=channel))


def too_many() -> Response:
    return refuse(429, "Too many requests")


def reject(code: str | None) -> Response:
    """A scripted refusal: a status, or the words of a refused send."""
    if code is not None and code.isdecimal() and int(code) in WORDS:
        return refuse(int(code), WORDS[int(code)])
    return refuse_send(code or "Unable to send the message")


REFUSALS = Refusals(
    server_error=lambda: refuse(500, "Internal server error"),
    too_many=too_many,
    reject=reject,
)

"""Resend's refusals: JSON of statusCode, name and message (docs: api-reference/errors)."""

from starlette.responses import JSONResponse, PlainTextResponse, Response

from scripts.sandbox.answers import Refusals

REFUSED = {
    "invalid_idempotency_key": (400, "The key must be between 1-256 chars."),
    "validation_error": (422, "One or more fields in the request are not valid."),
    "missing_required_field": (422, "The request body is missing one or more required fields."),
    "invalid_from_address": (422, "Invalid `from` field."),
    "invalid_parameter": (422, "The parameter must be a valid UUID."),
    "missing_api_key": (401, "Missing API key in the authorization header."),
    "restricted_api_key": (401, "This API key is restricted to only send emails."),
    "invalid_api_key": (403, "API key is invalid."),
    "not_found": (404, "The requested endpoint does not exist."),
    "method_not_allowed": (405, "Method is not allowed for the requested path."),
    "invalid_idempotent_request": (409, "Same idempotency key used with a different request payload."),
    "concurrent_idempotent_requests": (409, "Same idempotency key used while original request is still in progress."),
    "rate_limit_exceeded": (429, "Too many requests. Please limit the number of requests per second."),
    "daily_quota_exceeded": (429, "You have reached your daily email sending quota."),
    "monthly_quota_exceeded": (429, "You have reached your monthly email sending quota."),
    "security_error": (451, "We may have found a security issue with the request."),
    "application_error": (500, "An unexpected error occurred."),
}
RATE_PER_SECOND = 5


def refuse(name: str, message: str | None = None, status: int | None = None) -> Response:
    """Answer with one of Resend's error names; an unknown name is a plain 422."""
    usual_status, usual_message = REFUSED.get(name, (422, name))
    status = status or usual_status
    return JSONResponse({"statusCode": status, "name": name, "message": message or usual_message}, status_code=status)


def refuse_nameless_agent() -> Response:
    """What a request without User-Agent gets: 403 from the edge, in plain text (docs: api-reference/introduction)."""
    return PlainTextResponse("error code: 1010", status_code=403)


def too_many() -> Response:
    response = refuse("rate_limit_exceeded")
    limits = {"ratelimit-limit": str(RATE_PER_SECOND), "ratelimit-remaining": "0", "ratelimit-reset": "1"}
    response.headers.update(limits | {"retry-after": "1"})
    return response


REFUSALS = Refusals(
    server_error=lambda: refuse("application_error"),
    too_many=too_many,
    reject=lambda code: refuse(code or "validation_error"),
)

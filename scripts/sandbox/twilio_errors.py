"""Twilio's refusals: JSON of code, message, more_info and status (docs: api/errors; twilio-python 9.13.0)."""

from starlette.responses import JSONResponse, Response

from scripts.sandbox.answers import Refusals

MESSAGES = {
    20001: (400, "Invalid parameter value"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    20009: (409, "Resource not complete: the message has not reached a final status yet"),
    21211: (400, "Invalid 'To' Phone Number"),
    21266: (400, "'To' and 'From' number cannot be the same"),
    21408: (403, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "The 'From' phone number is not a valid, message-capable Twilio phone number for this account"),
    21608: (400, "The number is unverified. Trial accounts cannot send messages to unverified numbers"),
    21609: (400, "The 'StatusCallback' URL is not a valid URL"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The message cannot be sent with the current combination of 'To' and 'From' parameters"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21635: (400, "'To' number cannot be a Landline"),
    21701: (404, "The Messaging Service does not exist"),
    30409: (409, "Message cannot be canceled: it is not scheduled or queued"),
    35111: (400, "SendAt missing"),
    35114: (400, "SendAt timestamp is not a valid ISO 8601 date-time"),
    35115: (400, "SendAt time must be between 300 seconds and 35 days in advance"),
    35118: (400, "MessagingServiceSid is required to schedule a message"),
}


def refuse(code: int, detail: str = "") -> JSONResponse:
    """Answer with one of Twilio's codes; an unknown code is a plain 400 with that code."""
    status, message = MESSAGES.get(code, (400, "Bad request"))
    body = {
        "code": code,
        "message": f"{message}: {detail}" if detail else message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return JSONResponse(body, status_code=status)


def too_many() -> Response:
    """429 with the concurrency header of Twilio's error page 20429: not processed, safe to repeat later."""
    response = refuse(20429)
    response.headers["Twilio-Concurrent-Requests"] = "101"
    return response


REFUSALS = Refusals(
    server_error=lambda: refuse(20500),
    too_many=too_many,
    reject=lambda code: refuse(int(code) if code else 21614),
)

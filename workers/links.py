"""The links in what we wrote: their routes, which the web function loads before anybody has followed one."""

from fastapi import APIRouter, Request, Response

router = APIRouter(include_in_schema=False)


@router.api_route("/u/{token}", methods=["GET", "HEAD"])
async def show_unsubscribe(web: Request, token: str) -> Response:
    """The page with its button, for whoever opens the link."""
    from workers.unsubscribe import show  # heavy: contacts, content and touches, for a page that few open

    return await show(web, token)


@router.post("/u/{token}")
async def unsubscribe(web: Request, token: str) -> Response:
    """What a mailbox provider, or the page's button, posts."""
    from workers.unsubscribe import end  # heavy: as above

    return await end(web, token)

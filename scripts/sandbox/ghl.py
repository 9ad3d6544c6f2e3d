"""GoHighLevel's conversations and workflow triggers over HTTP (spec ghl-conversations.json; `Version: 2021-04-15`)."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.answers import Done, Refused, act_out
from scripts.sandbox.ghl_access import (
    CONVERSATIONS_VERSION,
    answer_read,
    authenticate,
    check_location,
    check_query,
    read_object,
    with_rate,
)
from scripts.sandbox.ghl_checks import check_shape
from scripts.sandbox.ghl_contacts import ContactsDesk, find_contact
from scripts.sandbox.ghl_errors import REFUSALS, refuse, refuse_dnd
from scripts.sandbox.ghl_reading import EXPORT_QUERY, SEARCH_QUERY, export_page, search_page, thread_page
from scripts.sandbox.ghl_records import GhlConversation, GhlMessage
from scripts.sandbox.ghl_sending import accept, draft_of
from scripts.sandbox.ghl_workflow import WorkflowDesk
from scripts.sandbox.world import World


def find_message(world: World, account: GhlAccount, message_id: str) -> GhlMessage:
    message = world.ghl_messages.get(message_id)
    if message is None or message.location_id != account.location_id:
        raise Refused(refuse(404, f"Message with id {message_id} not found"))
    return message


def find_conversation(world: World, account: GhlAccount, conversation_id: str) -> GhlConversation:
    conversation = world.ghl_conversations.get(conversation_id)
    if conversation is None or conversation.location_id != account.location_id:
        raise Refused(refuse(404, f"Conversation with id {conversation_id} not found"))
    return conversation


class GhlDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        messages = "/conversations/messages"
        return [
            *ContactsDesk(self._world).routes(),
            *WorkflowDesk(self._world).routes(),
            Route(messages, self.send, methods=["POST"]),
            Route(f"{messages}/export", self.export, methods=["GET"]),
            Route(f"{messages}/email/{{email_id}}", self.fetch_email, methods=["GET"]),
            Route(f"{messages}/{{message_id}}", self.fetch, methods=["GET"]),
            Route("/conversations/search", self.search, methods=["GET"]),
            Route("/conversations/preferences/unsubscriptions/status", self.unsubscriptions, methods=["GET"]),
            Route("/conversations/{conversation_id}", self.fetch_conversation, methods=["GET"]),
            Route("/conversations/{conversation_id}/messages", self.list_thread, methods=["GET"]),
        ]

    def _enter(self, request: Request) -> GhlAccount:
        return authenticate(self._world, request, CONVERSATIONS_VERSION)

    async def send(self, request: Request) -> Response:
        world, account, body = self._world, self._enter(request), await read_object(request)
        check_shape(body)
        draft = draft_of(account, find_contact(world, account, body["contactId"]), body)
        traits = {"to": draft.to, "contact": draft.contact.id, "type": draft.kind, "from": draft.from_ or ""}
        fates = world.faults.befall("ghl", "send", draft.reference, traits)
        if "outcome" in fates and fates["outcome"].name == "dnd_refused":
            return with_rate(account, refuse_dnd(draft.kind))

        def take_effect(at: datetime) -> Done:
            message = accept(world, account, draft, fates, at)
            shown = {
                "conversationId": message.conversation_id,
                "messageId": message.id,
                "msg": "Message queued successfully.",
                "status": "pending",
            }
            email = {"emailMessageId": message.email_id} if message.email_id else {}
            return Done(JSONResponse(shown | email, status_code=201), message.id)

        return with_rate(account, await act_out(world.schedule, world.clock.now(), fates, REFUSALS, take_effect))

    async def fetch(self, request: Request) -> Response:
        world, account = self._world, self._enter(request)
        message = find_message(world, account, request.path_params["message_id"])
        return await self._answer_message(account, message, JSONResponse(message.shown()))

    async def fetch_email(self, request: Request) -> Response:
        """One e-mail's own record; the spec asks for no Version here."""
        world, account = self._world, authenticate(self._world, request, None)
        wanted = request.path_params["email_id"]
        found = [one for one in world.ghl_messages.values() if one.email_id == wanted]
        if not found or found[0].location_id != account.location_id:
            return with_rate(account, refuse(404, f"Email message with id {wanted} not found"))
        return await self._answer_message(account, found[0], JSONResponse(found[0].shown_email()))

    async def _answer_message(self, account: GhlAccount, message: GhlMessage, response: Response) -> Response:
        traits = {"to": message.to or "", "id": message.id}
        fates = self._world.faults.befall("ghl", "fetch", message.id, traits)
        return await answer_read(self._world, account, fates, response)

    async def export(self, request: Request) -> Response:
        world, account = self._world, self._enter(request)
        query = check_query(request, EXPORT_QUERY)
        check_location(account, query.get("locationId"))
        fates = world.faults.befall("ghl", "list", f"export:{query.get('contactId', '*')}", list_traits(query))
        return await answer_read(world, account, fates, export_page(world, account, query, fates))

    async def search(self, request: Request) -> Response:
        world, account = self._world, self._enter(request)
        query = check_query(request, SEARCH_QUERY)
        check_location(account, query.get("locationId"))
        fates = world.faults.befall("ghl", "list", f"search:{query.get('contactId', '*')}", list_traits(query))
        return await answer_read(world, account, fates, search_page(world, account, query, fates))

    async def list_thread(self, request: Request) -> Response:
        world, account = self._world, self._enter(request)
        query = check_query(request, ("lastMessageId", "limit", "type"))
        conversation = find_conversation(world, account, request.path_params["conversation_id"])
        fates = world.faults.befall("ghl", "list", conversation.id, {"contact": conversation.contact_id})
        return await answer_read(world, account, fates, thread_page(world, account, conversation, query, fates))

    async def fetch_conversation(self, request: Request) -> Response:
        world, account = self._world, self._enter(request)
        conversation = find_conversation(world, account, request.path_params["conversation_id"])
        shown = {
            "id": conversation.id,
            "contactId": conversation.contact_id,
            "locationId": conversation.location_id,
            "deleted": False,
            "inbox": conversation.unread > 0,
            "type": 1,
            "unreadCount": conversation.unread,
            "starred": False,
        }
        return await answer_read(world, account, {}, JSONResponse(shown))

    async def unsubscriptions(self, request: Request) -> Response:
        """The second opt-out of e-mail. The spec names no body; this one holds the words its sibling endpoint uses."""
        world, account = self._world, self._enter(request)
        query = check_query(request, ("locationId", "contactId", "email"))
        check_location(account, query.get("locationId"))
        contact = find_contact(world, account, query.get("contactId", ""))
        status = "unsubscribed" if contact.unsubscribed else "subscribed"
        email = query.get("email") or contact.email
        subscriptions = [{"subtype_name": "One on One", "subtype_status": status}]
        shown = {"contactId": contact.id, "data": [{"email": email, "subscriptions": subscriptions}]}
        fates = world.faults.befall("ghl", "fetch", f"unsubscriptions:{contact.id}", {"email": email or ""})
        return await answer_read(world, account, fates, JSONResponse(shown))


def list_traits(query: dict[str, str]) -> dict[str, str]:
    return {"contact": query.get("contactId", ""), "channel": query.get("channel", "")}

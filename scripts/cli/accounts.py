"""Verbs about a client's accounts at the providers. Secrets come from variables and files, never from an argument:
arguments stand in the shell's history and in the list of processes."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from modules.accounts import (
    AccountDraft,
    add_account,
    find_client,
    list_clients,
    stored_accounts,
    unit_price_micros,
)
from modules.channels import CHANNELS, channel_for, channels_of
from modules.labels import ChannelName, Provider
from modules.permits import RegistrationStatus, register_sender
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfClient, cell, note, read_pairs, say, show_rows
from utils.db import Connection
from utils.errors import BadInput, SettingsError
from workers.context import Deps, environment_accounts_of

# What a fresh account takes for sure: Resend, 5 requests a second and team, reads included (resend.com/docs, rate
# limit, read 2026-11-20); Twilio, the slowest of toll-free (3) and low-volume 10DLC (3.75 segments a second).
# GoHighLevel, 100 requests in 10 s, of which we read more than we send; calls, one a second (Retell's default).
RATES = {Provider.twilio: 3.0, Provider.resend: 3.0, Provider.ghl: 3.0, Provider.vapi: 1.0, Provider.retell: 1.0}
_HOOK = {
    Provider.twilio: "/hooks/twilio/inbound",
    Provider.resend: "/hooks/resend",
    Provider.ghl: "/hooks/ghl",
    Provider.vapi: "/hooks/vapi",
    Provider.retell: "/hooks/retell",
}
_LINES = ("concurrent_calls", "reserved_for_inbound")
# every setting that somebody reads (a test looks through adapters and workers); each may have `unit_price` besides
SETTINGS: Mapping[Provider, tuple[str, ...]] = {
    Provider.twilio: ("account_sid", "messaging_service_sid", "from_number"),
    Provider.resend: ("sender", "inbound_domain"),
    Provider.ghl: (
        *("location_id", "from_number", "email_from", "workflow_hook"),
        *("consent_wording", "consent_kind"),
    ),
    Provider.vapi: ("assistant_id", "phone_number_id", "second_phone_number_id", "credential_id", *_LINES),
    Provider.retell: ("agent_id", "from_number", "second_from_number", *_LINES),
}
_WORDS = {ChannelName.sms: "SMS", ChannelName.email: "e-mail", ChannelName.voice: "calls"}
_WHERE = {
    Provider.twilio: "At Twilio, for the number or Messaging Service, as the webhook for incoming messages (POST)",
    Provider.resend: "At Resend, as the webhook's endpoint, with all e-mail events",
    Provider.ghl: "At GoHighLevel, as the webhook of your app, or of a workflow with its secret in X-Omnify-Secret",
    Provider.vapi: "At Vapi, as the phone number's server URL for incoming calls (calls we place name it themselves)",
    Provider.retell: "At Retell, as the agent's webhook URL",
}


@dataclass(frozen=True)
class Given:
    """An account as it was typed. `secrets` None: the environment's own."""

    settings: Mapping[str, str]
    secrets: Mapping[str, str] | None = field(repr=False)
    rate: float | None = None
    review_unknown: bool = False
    campaign: str | None = None


@dataclass(frozen=True)
class Added:
    """An account in service and the address its provider should post to."""

    id: str
    client: str
    provider: Provider
    channel: ChannelName
    hook: str
    campaign: str | None = None

    def facts(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "client": self.client,
            "provider": self.provider,
            "channel": self.channel,
            "webhook": self.hook,
            "campaign": self.campaign,
        }


def register(app: typer.Typer) -> None:
    app.command("add")(add)
    app.command("list")(show_all)


def add(
    client: OfClient,
    provider: Annotated[Provider, typer.Option(help="Who sends.")],
    setting: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="For example account_sid=AC…; may be repeated.")
    ] = None,
    secret_from_env: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VARIABLE", help="A secret that stands in a variable.")
    ] = None,
    secret_file: Annotated[
        list[str] | None, typer.Option(metavar="NAME=PATH", help="A secret that stands in a file.")
    ] = None,
    from_environment: Annotated[
        bool, typer.Option("--from-environment", help="Use the account in this environment's settings.")
    ] = False,
    rate: Annotated[float | None, typer.Option(help="Sends a second at most.", min=0.01, max=1000)] = None,
    channel: Annotated[
        ChannelName | None, typer.Option(help="For a provider of several channels; without it all of them.")
    ] = None,
    review_unknown: Annotated[
        bool, typer.Option("--review-unknown", help="What nobody can prove waits for a person before it ends as lost.")
    ] = False,
    campaign: Annotated[
        str | None, typer.Option(metavar="ID", help="SMS only: the approved campaign that the sender belongs to.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put an account into service; the client's account of the same channel before it is retired."""
    settings = read_pairs("--setting", setting or [])
    secrets = read_secrets(secret_from_env or [], secret_file or [])
    if from_environment and secrets:
        raise typer.BadParameter("the environment has its own secrets; give one or the other", param_hint="--secret-…")
    _check_names(provider, settings, secrets)
    own = None if from_environment else secrets

    async def work(deps: Deps, conn: Connection) -> tuple[list[Added], str]:
        given = Given(settings, own, rate, review_unknown, campaign)
        channels = [channel] if channel else [one.channel for one in channels_of(provider)]
        if campaign is not None and ChannelName.sms not in channels:
            raise BadInput("A campaign belongs to a sender of SMS; leave --campaign away here", field="campaign")
        added = [await put_in_service(deps, conn, client, provider, one, given) for one in channels]
        return added, deps.settings.public_url

    added, public_url = in_transaction(work)
    facts = added[0].facts() if len(added) == 1 else {"accounts": [one.facts() for one in added]}
    say("\n".join(map(describe, added)), as_json, facts)
    if urlsplit(public_url).hostname in ("127.0.0.1", "localhost"):
        note(f"Providers cannot reach {public_url}; set OMNIFY_PUBLIC_URL to the address they can reach.")


async def put_in_service(
    deps: Deps,
    conn: Connection,
    slug: str,
    provider: Provider,
    channel_name: ChannelName,
    given_account: Given,
) -> Added:
    """Checks the account as the channel's adapter does, and its price; then writes it.

    BadInput or SettingsError names what is missing; then nothing was written.
    """
    settings, secrets = given_account.settings, given_account.secrets
    if (provider, channel_name) not in CHANNELS:
        raise BadInput(f"{provider} has no {channel_name} here", field="channel")
    channel = channel_for(provider, channel_name)
    unit_price_micros(settings)  # asked for its refusal
    client = await find_client(conn, slug)
    if secrets is None:
        given = environment_accounts_of(deps.settings).get(provider)
        if given is None:
            name = f"{provider.upper()}_"
            raise SettingsError(f"This environment has no {provider} account; set the names that begin with {name}")
        channel.check_account({**given[0], **settings}, given[1])
    else:
        channel.check_account(settings, secrets)
    draft = AccountDraft(
        client_id=client.id,
        provider=provider,
        channel=channel.channel,
        settings=settings,
        secrets=secrets,
        unknown_policy=channel.policy.default_unknown,
        sends_per_second=given_account.rate or RATES[provider],
        review_unknown=given_account.review_unknown,
    )
    now = deps.clock.now()
    account_id = await add_account(conn, deps.sealer, draft, now)
    campaign = given_account.campaign if channel.channel is ChannelName.sms else None
    if campaign is not None:
        await register_sender(conn, client.id, account_id, campaign, RegistrationStatus.approved, by_whom(), now)
    keys = {row.id: row.account_key for row in await stored_accounts(conn)}
    key = None if secrets is None else keys[account_id]
    hook = hook_address(deps.settings.public_url, provider, key)
    return Added(str(account_id), slug, provider, channel.channel, hook, campaign)


def hook_address(public_url: str, provider: Provider, key: str | None) -> str:
    """Where the provider posts to; the environment's own account has the address without a key."""
    # Twilio comes again after a failure only when the address asks for it
    return (
        public_url
        + _HOOK[provider]
        + (f"/{key}" if key else "")
        + ("#rc=5&rp=all" if provider is Provider.twilio else "")
    )


def describe(added: Added) -> str:
    said = [f"{added.client} now sends {_WORDS[added.channel]} with {added.provider}."]
    if added.channel is ChannelName.sms and added.campaign is None:
        said[0] += " Nothing leaves before its campaign is registered:"
        said.append(f"  scripts/omnify client register-sender {added.client} --channel sms --campaign ID")
    return "\n".join([*said, f"{_WHERE[added.provider]}, enter:", f"  {added.hook}"])


def read_secrets(from_env: list[str], files: list[str]) -> dict[str, str]:
    """Secrets by name. BadInput names the variable or file that is not there."""
    variables, paths = read_pairs("--secret-from-env", from_env), read_pairs("--secret-file", files)
    if twice := variables.keys() & paths.keys():
        raise typer.BadParameter(f"'{min(twice)}' is given twice", param_hint="--secret-file")
    found: dict[str, str] = {}
    for name, variable in variables.items():
        if variable not in os.environ:
            raise BadInput(f"The variable {variable} is not set; `{name}` was to come from it", field=name)
        found[name] = os.environ[variable].strip()
    for name, path in paths.items():
        try:
            found[name] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"The file {path} cannot be read; `{name}` was to come from it", field=name) from error
    return found


def _check_names(provider: Provider, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    channel = channels_of(provider)[0]
    known = channel.required_secrets + channel.optional_secrets
    if shown := sorted(settings.keys() & set(known)):
        raise BadInput(
            f"`{shown[0]}` is a secret and has no place in a command; give it with --secret-from-env or --secret-file",
            field=shown[0],
        )
    if strange := sorted(secrets.keys() - set(known)):
        raise BadInput(f"{provider} has no secret `{strange[0]}`; it takes {' and '.join(known)}", field=strange[0])
    taken = (*SETTINGS[provider], "unit_price")
    if odd := sorted(settings.keys() - set(taken)):
        raise BadInput(f"{provider} has no setting `{cell(odd[0])}`; it takes {', '.join(taken)}", field=odd[0])


def show_all(
    client: Annotated[str | None, typer.Option("--client", metavar="SLUG", help="One client's only.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the accounts, retired ones too: their messages are still being proven."""

    async def work(deps: Deps, conn: Connection) -> list[dict[str, Any]]:
        only = None if client is None else (await find_client(conn, client)).id
        slugs = {one.id: one.slug for one in await list_clients(conn)}
        return [
            {
                "client": slugs[row.client_id],
                "provider": row.provider,
                "channel": row.channel,
                "settings": row.settings,
                "from_environment": row.sealed_secrets is None,
                "sends_per_second": row.sends_per_second,
                "retired_at": row.retired_at,
                "webhook": hook_address(
                    deps.settings.public_url, row.provider, row.account_key if row.sealed_secrets else None
                ),
                "id": str(row.id),
            }
            for row in await stored_accounts(conn)
            if only in (None, row.client_id)
        ]

    show_rows(in_transaction(work), as_json, nothing="There are no accounts yet.")

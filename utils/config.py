"""Settings: read once from the environment by whoever owns the process; every refusal names the setting."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

from utils.address import normalise_email, normalise_phone
from utils.clock import clock_from
from utils.errors import SettingsError

NOWHERE = "http://127.0.0.1:9"
"""The discard port: where demo and test send to unless a twin is named."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ENVIRONMENTS = ("demo", "test", "production")


@dataclass(frozen=True)
class Group:
    """The settings of one provider: all of `whole` or none, `more` as wished. `url` is the provider's own address."""

    whole: tuple[str, ...]
    base_url: str
    url: str
    more: tuple[str, ...] = ()


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "twilio": Group(
            ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_MESSAGING_SERVICE_SID"),
            "TWILIO_BASE_URL",
            "https://api.twilio.com",
        ),
        "resend": Group(
            ("RESEND_API_KEY", "RESEND_WEBHOOK_SECRET", "RESEND_FROM"), "RESEND_BASE_URL", "https://api.resend.com"
        ),
        "vapi": Group(
            ("VAPI_API_KEY", "VAPI_WEBHOOK_SECRET", "VAPI_ASSISTANT_ID", "VAPI_PHONE_NUMBER_ID"),
            "VAPI_BASE_URL",
            "https://api.vapi.ai",
        ),
        "retell": Group(
            ("RETELL_API_KEY", "RETELL_AGENT_ID", "RETELL_FROM_NUMBER"), "RETELL_BASE_URL", "https://api.retellai.com"
        ),
        "ghl": Group(
            ("GHL_TOKEN", "GHL_LOCATION_ID"),
            "GHL_BASE_URL",
            "https://services.leadconnectorhq.com",
            ("GHL_WEBHOOK_PUBLIC_KEY", "GHL_SMS_WEBHOOK_URL", "GHL_HOOK_SECRET"),
        ),
    }
)


@dataclass(frozen=True)
class Redirect:
    """The one number and the one e-mail address of a test."""

    phone: str | None
    email: str | None

    def of(self, kind: str) -> str | None:
        """`phone` or `email`."""
        return self.email if kind == "email" else self.phone


@dataclass(frozen=True)
class Settings:
    """Everything the engine takes from outside. `.env.example` documents each name."""

    database_url: str | None = field(repr=False)
    environment: str
    public_url: str
    secret_key: str = field(repr=False)
    clock: str
    supabase_url: str | None
    supabase_secret_key: str | None = field(repr=False)
    supabase_jwks_url: str | None
    base_urls: Mapping[str, str]
    """Where each provider is reached, by its name in GROUPS."""
    lookups_url: str
    """Where numbers are asked about, with the credentials of a Twilio account."""
    own_accounts: Mapping[str, Mapping[str, str]] = field(repr=False)
    """The environment's own accounts, by provider: the settings of its group as they are named there."""
    http_timeout_seconds: float
    crash_at: str | None
    test_redirect: "Redirect | None" = None
    """Where everything goes instead of to the people it is meant for."""
    database_timeout_seconds: float = 5.0
    """How long a connection to the database is waited for, whether it is opened anew or others use them all."""


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; SettingsError names what is missing or half given."""
    given = {name: value.strip() for name, value in (os.environ if environ is None else environ).items()}

    def value(name: str, default: str | None = None) -> str | None:
        return given.get(name) or default

    environment = value("OMNIFY_ENV", "production") or "production"
    if environment not in ENVIRONMENTS:
        raise SettingsError(f"OMNIFY_ENV is '{environment}'; it takes demo, test or production", field="OMNIFY_ENV")
    secret_key = value("OMNIFY_SECRET_KEY")
    if secret_key is None:
        raise SettingsError(
            "OMNIFY_SECRET_KEY is missing; make one with: openssl rand -hex 32", field="OMNIFY_SECRET_KEY"
        )
    own = {name: _all_or_none(given, group) for name, group in GROUPS.items()}
    _require_a_twins_hook(given, environment)
    _require_whole_supabase(given)
    return Settings(
        database_url=value("DATABASE_URL"),
        environment=environment,
        public_url=_public_url(value("OMNIFY_PUBLIC_URL", "http://127.0.0.1:8400") or "", environment),
        secret_key=secret_key,
        clock=_clock(value("OMNIFY_CLOCK", "system") or "system"),
        supabase_url=value("SUPABASE_URL"),
        supabase_secret_key=value("SUPABASE_SECRET_KEY"),
        supabase_jwks_url=value("SUPABASE_JWKS_URL"),
        base_urls={name: _base_url(given, environment, group.base_url, group.url) for name, group in GROUPS.items()},
        lookups_url=_base_url(given, environment, "TWILIO_LOOKUPS_BASE_URL", "https://lookups.twilio.com"),
        own_accounts={name: account for name, account in own.items() if account},
        http_timeout_seconds=_seconds(given, "OMNIFY_HTTP_TIMEOUT", 15.0),
        crash_at=value("OMNIFY_CRASH_AT"),
        test_redirect=_redirect(value("OMNIFY_TEST_REDIRECT")),
        database_timeout_seconds=_seconds(given, "OMNIFY_DATABASE_TIMEOUT", 5.0, least=1.0, most=60.0),
    )


def database_url_of(settings: Settings) -> str:
    """The database of a process that has no embedded one; SettingsError when none is named."""
    if settings.database_url is None:
        raise SettingsError("DATABASE_URL is missing: this needs a database that is up", field="DATABASE_URL")
    return settings.database_url


def _all_or_none(given: Mapping[str, str], group: Group) -> Mapping[str, str] | None:
    present = [name for name in (*group.whole, *group.more) if given.get(name)]
    if not present:
        return None
    missing = [name for name in group.whole if name not in present]
    if missing:
        raise SettingsError(
            f"{' and '.join(missing)} missing beside {' and '.join(present)}; give all of them or none",
            field=missing[0],
        )
    return {name: given[name] for name in present}


def _require_whole_supabase(given: Mapping[str, str]) -> None:
    """Half of it would let the local issuer sign people in, and nobody would notice."""
    url, key = given.get("SUPABASE_URL"), given.get("SUPABASE_SECRET_KEY")
    if url and not key:
        raise SettingsError("SUPABASE_SECRET_KEY is missing beside SUPABASE_URL", field="SUPABASE_SECRET_KEY")
    if not url and (key or given.get("SUPABASE_JWKS_URL")):
        beside = "SUPABASE_SECRET_KEY" if key else "SUPABASE_JWKS_URL"
        raise SettingsError(
            f"SUPABASE_URL is missing beside {beside}; give it, or leave both empty", field="SUPABASE_URL"
        )


def _require_a_twins_hook(given: Mapping[str, str], environment: str) -> None:
    """A workflow's hook is a whole address of its own, beside the base URL."""
    hook = given.get("GHL_SMS_WEBHOOK_URL")
    if hook and environment != "production" and not is_loopback(hook):
        raise SettingsError(
            f"GHL_SMS_WEBHOOK_URL is a real one, but OMNIFY_ENV is {environment}: demo and test only send to a twin on "
            "this machine. Leave it empty, or set OMNIFY_ENV=production",
            field="GHL_SMS_WEBHOOK_URL",
        )


def is_loopback(url: str) -> bool:
    """Whether an address leads nowhere but to this machine."""
    try:
        return urlsplit(url).hostname in LOOPBACK
    except ValueError:
        return False


def _base_url(given: Mapping[str, str], environment: str, name: str, real: str) -> str:
    """Demo and test never reach a real provider: without a twin they reach nobody, and another host is refused."""
    url = (given.get(name) or (real if environment == "production" else NOWHERE)).rstrip("/")
    if environment != "production" and not is_loopback(url):
        raise SettingsError(
            f"{name} is {url}, but OMNIFY_ENV is {environment}: demo and test only send to a twin on this machine. "
            "Give the twin's address, or set OMNIFY_ENV=production",
            field=name,
        )
    return url


def _public_url(text: str, environment: str) -> str:
    """Webhooks carry what people said, and a link that ends mails with one click has to be https (RFC 8058)."""
    url = text.rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f"OMNIFY_PUBLIC_URL is '{url}'; write the whole address, for example https://app.example.com",
            field="OMNIFY_PUBLIC_URL",
        )
    if environment == "production" and parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise SettingsError(
            f"OMNIFY_PUBLIC_URL is '{url}'; it begins with https://, as providers and mail programs see it",
            field="OMNIFY_PUBLIC_URL",
        )
    return url


def _redirect(text: str | None) -> Redirect | None:
    """`+12125550123,me@example.com`, or one of the two."""
    if text is None:
        return None
    phone: str | None = None
    email: str | None = None
    for part in (one.strip() for one in text.split(",") if one.strip()):
        try:
            twice = email if "@" in part else phone
            if "@" in part:
                email = normalise_email(part)
            else:
                phone = normalise_phone(part)
        except ValueError as error:
            raise SettingsError(f"OMNIFY_TEST_REDIRECT: {error}", field="OMNIFY_TEST_REDIRECT") from error
        if twice:
            raise SettingsError(
                "OMNIFY_TEST_REDIRECT takes one number and one e-mail address at most", field="OMNIFY_TEST_REDIRECT"
            )
    if phone is None and email is None:
        raise SettingsError(
            "OMNIFY_TEST_REDIRECT names nobody; write a number, an e-mail address, or both with a comma",
            field="OMNIFY_TEST_REDIRECT",
        )
    return Redirect(phone, email)


def _clock(setting: str) -> str:
    try:
        clock_from(setting)
    except ValueError as error:
        raise SettingsError(str(error), field="OMNIFY_CLOCK") from error
    return setting


def _seconds(given: Mapping[str, str], name: str, default: float, *, least: float = 0.0, most: float = 15.0) -> float:
    """Above 0, within `least` and `most`."""
    text = given.get(name)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    bounds = f"from {least:g} to {most:g}" if least else f"above 0, {most:g} at most"
    if not (seconds > 0 and least <= seconds <= most):
        raise SettingsError(f"{name} is '{text}'; it takes seconds {bounds}", field=name)
    return seconds

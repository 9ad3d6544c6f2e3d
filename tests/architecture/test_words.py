"""House section 9 and the stable interfaces: settings, commands, secrets."""

import pytest

from tests.architecture import laws_words as laws
from tests.architecture.tree import ROOT, Source, broken, holds, project

# What users and outside checks rely on, as far as its room is built. Add to it with each room; rename nothing.
PROMISED = (
    *("DATABASE_URL", "OMNIFY_ENV", "OMNIFY_PUBLIC_URL", "OMNIFY_SECRET_KEY", "OMNIFY_CLOCK"),
    *("SUPABASE_URL", "SUPABASE_SECRET_KEY", "SUPABASE_JWKS_URL"),
    *("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_MESSAGING_SERVICE_SID", "TWILIO_BASE_URL"),
    "TWILIO_LOOKUPS_BASE_URL",
    *("RESEND_API_KEY", "RESEND_BASE_URL", "RESEND_FROM", "RESEND_WEBHOOK_SECRET"),
    *("VAPI_API_KEY", "VAPI_BASE_URL", "VAPI_PHONE_NUMBER_ID", "VAPI_ASSISTANT_ID", "VAPI_WEBHOOK_SECRET"),
    *("RETELL_API_KEY", "RETELL_BASE_URL", "RETELL_FROM_NUMBER", "RETELL_AGENT_ID"),
    *("GHL_TOKEN", "GHL_LOCATION_ID", "GHL_BASE_URL", "GHL_WEBHOOK_PUBLIC_KEY", "GHL_SMS_WEBHOOK_URL"),
)
TEXTS = (
    ".py",
    ".sql",
    ".md",
    ".sh",
    ".txt",
    ".toml",
    ".json",
    ".yaml",
    ".yml",
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".example",
    "rc",
)
WHERE = ("utils", "modules", "workers", "scripts", "tests", "supabase", "dashboard", "docs", ".ci")
TREE = [
    *project(*WHERE, ending=(*TEXTS, "/test", "test", "demo", "omnify", "run")),
    *(
        project(path.name)[0] if path.suffix == ".py" else Source(path.name, path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.iterdir())
        if path.is_file() and path.name != ".env"
    ),
]


def config(text: str) -> Source:
    return Source("utils/config.py", text)


def example(text: str) -> Source:
    return Source(".env.example", text)


def test_each_setting_is_documented_where_users_look() -> None:
    read, told = project("utils/config.py"), project(".env.example", ending=".example")
    if read and told:
        holds(laws.untold_settings(read[0], told[0], PROMISED))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("A = e['OMNIFY_ENV']", "# x\nOMNIFY_CLOCK=system\n"),
        ("A = e['OMNIFY_ENV']", "# demo, test or production\nOMNIFY_ENV=demo\nOMNIFY_MORE=1"),
        ("A = e['OMNIFY_ENV']", "OMNIFY_ENV=demo"),
        ("class S(BaseSettings):\n    omnify_env: str", ""),
    ],
)
def test_an_undocumented_or_unread_setting_is_found(code: str, text: str) -> None:
    assert broken(laws.untold_settings(config(code), example(text)))


def test_documented_settings_may_be_commented_out_and_share_their_words() -> None:
    text = "# Where it runs.\nOMNIFY_ENV=demo\n\n# Twilio: both or neither.\n# TWILIO_SID=\n# TWILIO_TOKEN=\n"
    code = "N = ['OMNIFY_ENV', 'TWILIO_SID', 'TWILIO_TOKEN']"
    assert not broken(laws.untold_settings(config(code), example(text)))
    assert broken(laws.untold_settings(config(code), example(text), ["DATABASE_URL"]))


def test_pages_name_only_commands_that_exist() -> None:
    command_files = [source for source in project("scripts") if "typer" in source.text]
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "scripts").iterdir()}
    pages = [*project("README.md", "CONTRIBUTING.md", "docs", ending=".md")]
    if command_files:
        holds(*(laws.unknown_commands(page, laws.commands(command_files), files) for page in pages))


@pytest.mark.parametrize("text", ["Run `scripts/omnify fly`.", "Run `scripts/deploy`."])
def test_a_command_that_does_not_exist_is_found(text: str) -> None:
    code = "@app.command()\ndef tick(): ...\n@app.command('import')\ndef bring(): ...\n"
    code += "app.add_typer(clients, name='client')\n"
    verbs = laws.commands([Source("scripts/cli/app.py", code)])
    assert verbs >= {"tick", "import", "client"}
    assert broken(laws.unknown_commands(Source("README.md", text), verbs, {"scripts/omnify"}))
    known = "`scripts/omnify tick`, `scripts/omnify client add`, `scripts/omnify import FILE`"
    assert not broken(laws.unknown_commands(Source("README.md", known), verbs, {"scripts/omnify"}))


def test_no_secret_and_no_registry_stands_in_the_tree() -> None:
    assert len(TREE) > 10
    holds(*map(laws.secrets, TREE), *map(laws.registry_hosts, TREE))


@pytest.mark.parametrize(
    "text",
    [
        "AC" + "0a" * 16,
        "re_" + "Ab12Cd34" + "_" + "x" * 24,
        "sk-proj-" + "a" * 40,
        "sb_secret_" + "a" * 24,
        "whsec_" + "A" * 32,
        "-----BEGIN EC PRIVATE " + "KEY-----\n" + "M" * 40,
        "eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + ".c",
        "AKIA" + "A" * 16,
        "ghp_" + "a" * 36,
    ],
)
def test_a_secret_in_the_tree_is_found(text: str) -> None:
    assert broken(laws.secrets(Source("docs/runbooks/twilio.md", f"TOKEN={text}\n")))
    assert not broken(laws.secrets(Source("tests/contract/test_twilio.py", text)))


@pytest.mark.parametrize("host", laws.REGISTRIES)
def test_a_registry_named_in_the_tree_is_found(host: str) -> None:
    assert broken(
        laws.registry_hosts(Source("dashboard/package-lock.json", f'"resolved": "https://registry.{host}/x"'))
    )

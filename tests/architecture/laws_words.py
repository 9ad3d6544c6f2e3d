"""What is written down is true: settings are documented, named commands exist, nothing secret stands in the tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from tests.architecture.tree import Source, dotted, known_names

_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_LINE = re.compile(r"^#?\s?([A-Z][A-Z0-9_]*)=(.*)$")
# Put together here, because the names themselves may stand nowhere in the tree (delivery rule for commits and notes).
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        *(("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com")),
        *(("deb", "debian", "org"), ("security", "debian", "org"), ("crates", "io"), ("rubygems", "org")),
    )
)
_SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{32}",
    "a Twilio account": r"\b(?:AC|SK)[0-9a-f]{32}\b",
    "a Resend key": r"\bre_[A-Za-z0-9]{8,}_[A-Za-z0-9]{16,}",
    "an OpenAI key": r"\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}",
    "a Supabase key": r"\bsb_secret_[A-Za-z0-9_-]{16,}",
    "a webhook secret": r"\bwhsec_[A-Za-z0-9+/]{24,}",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.",
    "an Amazon key": r"\bAKIA[0-9A-Z]{16}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
}
# Tests and the twin speak to nobody: their accounts are made up.
_MADE_UP = ("tests/", "scripts/sandbox/")


def settings_read(config: Source) -> set[str]:
    """The names that utils/config.py reads: upper-case texts in it, and the fields of its pydantic settings."""
    names = known_names(config.tree)
    found = {
        node.value
        for node in ast.walk(config.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SETTING.fullmatch(node.value)
    }
    for node in ast.walk(config.tree):
        if isinstance(node, ast.ClassDef) and any(
            (dotted(base, names) or "").endswith("BaseSettings") for base in node.bases
        ):
            fields = (item.target for item in node.body if isinstance(item, ast.AnnAssign))
            found |= {
                field.id.upper() for field in fields if isinstance(field, ast.Name) and field.id != "model_config"
            }
    return found


def settings_told(example: Source) -> dict[str, str]:
    """The names in .env.example with the comment above each; names that follow one another share it."""
    told: dict[str, str] = {}
    comment: list[str] = []
    after_name = False
    for line in example.text.splitlines():
        match = _LINE.match(line)
        if match:
            told[match[1]] = " ".join(comment)
        elif line.startswith("#"):
            comment = [*([] if after_name else comment), line.lstrip("# ")]
        elif not line.strip():
            comment = []
        after_name = bool(match)
    return told


def untold_settings(config: Source, example: Source, promised: Collection[str] = ()) -> Iterator[str]:
    """.env.example documents each setting that is read, and each that users were promised, and no other."""
    read, told = settings_read(config), settings_told(example)
    yield from (example.says(f"{name} is read and not documented") for name in sorted(read - set(told)))
    yield from (example.says(f"{name} is documented and never read") for name in sorted(set(told) - read))
    yield from (example.says(f"{name} has no words above it") for name, words in told.items() if not words.strip())
    yield from (config.says(f"{name} was promised and is never read") for name in promised if name not in read)


def commands(sources: Collection[Source]) -> set[str]:
    """The verbs of a typer application: `@app.command("verb")`, `@app.command()` or `add_typer(…, name="verb")`."""
    found: set[str] = set()
    for source in sources:
        for node in ast.walk(source.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("command", "add_typer")
            ):
                named = [word.value for word in node.keywords if word.arg == "name"] + node.args
                found |= {
                    part.value for part in named if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                calls = [part.func for part in node.decorator_list if isinstance(part, ast.Call) and not part.args]
                if any(isinstance(call, ast.Attribute) and call.attr == "command" for call in calls):
                    found.add(node.name.replace("_", "-"))
    return found


def unknown_commands(page: Source, verbs: Collection[str], files: Collection[str]) -> Iterator[str]:
    """A page names only verbs of scripts/omnify and files of scripts/ that exist."""
    for verb in sorted(set(re.findall(r"scripts/omnify ([a-z][a-z-]*)", page.text)) - set(verbs)):
        yield page.says(f"`scripts/omnify {verb}` does not exist")
    for file in sorted(set(re.findall(r"\bscripts/[a-z_]+(?:\.[a-z]+)?\b", page.text)) - set(files)):
        yield page.says(f"`{file}` does not exist")


def secrets(source: Source) -> Iterator[str]:
    if source.name.startswith(_MADE_UP):
        return
    for words, pattern in _SECRETS.items():
        for match in re.finditer(pattern, source.text):
            yield source.says(f"line {source.text.count(chr(10), 0, match.start()) + 1} looks like {words}")


def registry_hosts(source: Source) -> Iterator[str]:
    low = source.text.lower()
    yield from (
        source.says(f"names the package registry {host.partition('.')[0]}") for host in REGISTRIES if host in low
    )

"""A definition as a sequence file; apart from `freeze`, because a sweep needs no YAML."""

from typing import Any

import yaml

from modules.sequences.freeze import definition_to_json
from modules.sequences.models import Definition


def definition_to_yaml(definition: Definition) -> str:
    """A sequence file that publishes to this definition."""
    plain = {name: value for name, value in definition_to_json(definition).items() if value}
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, so that a person can read and edit them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text_out(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text_out)

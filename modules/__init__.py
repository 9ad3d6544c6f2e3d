"""The business, one folder a room; the order of the rooms is the import order in pyproject.toml."""

"""The command line `scripts/omnify`: one file a kind of thing, one transaction a verb, one sentence a refusal."""

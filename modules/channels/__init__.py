"""The providers, each behind one file: send, lookup, fetch, verify, parse.

Tables: none
Verbs: channel_for (being written)
Imports: ids, labels, accounts
"""

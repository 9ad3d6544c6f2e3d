"""The providers' twin: stands in for Twilio SMS and Resend e-mail on loopback, in their own shapes.

Why it exists: the product must be tried without accounts, and every promise of the product is checked against somebody
else's books. The twin keeps those books (`ledger`), moves only when it is told to (`schedule`), signs what it posts
with the providers' official code (`signing`) and misbehaves on request or by seed (`faults`).

Start it with `python -m scripts.sandbox`, or in a test with `scripts.sandbox.remote.start_twin`.
"""

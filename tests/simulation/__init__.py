"""The simulation: years of operation in minutes, crashes everywhere, providers that lie, and their ledger as judge.

Two tiers speak the same words, `Outcome` and `Violation` (outcome.py):

- T0 (t0.py) plays the pure protocol on plain values: `run_seed(seed) -> Outcome`.
- T1 (t1.py) plays the real engine on a real PostgreSQL: `run_seed(seed, ground) -> Outcome`, where `ground` comes from
  `open_ground()` (ground.py); `runner.run_seeds(seeds, workers=2, inside=None)` plays many, each worker process on a
  database of its own. `inside` is a function of a module that gives a context manager: what a mutation changes
  while a seed is played (SQL blocks can be changed in their modules' `SQL.blocks`, functions as attributes).

How T1 works, from the inside out: loop.py (told time, no sockets), scheduler.py (turns, slowness, deaths), database.py
(one statement at a time, blocked or not for sure), network.py and twin.py (the providers in process), cast.py and
people.py (who plays), scenes.py, desk.py, replying.py and checking.py (tests, tasks, orders by hand, what is written
back, checks of ours), story.py (cron and conduct), history.py (what happened, line by line), checker.py.

`python -m tests.simulation --seed N` plays one seed again and says what is broken; `regressions.json` keeps the seeds
that once were.
"""

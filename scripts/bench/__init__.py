"""Performance as ratios, measured in one run: ours against the barest way to do the same work.

A number in seconds says more about the machine than about us, so every benchmark plays ours and a baseline in turns
(ours, baseline, ours, …) on this machine in this minute, keeps every round, and reports the median of the rounds'
ratios with their spread. They are records, not tests: a missed target is told in the table and never fails anything.

To add one: a file here with a function `Plan -> Outcome`, and its line in `listed.BENCHMARKS`.

Tables: none of its own; every benchmark plants its world in a scratch server that is gone afterwards.
Verbs: `listed.BENCHMARKS`, `rounds.in_turns`, `circle.in_circle`, `ground.open_ground`, `world.plant_world`,
  `report.report_of`.
Imports: utils, modules, workers, scripts.database, scripts.conductor.
"""

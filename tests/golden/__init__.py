"""Golden histories: what the planner of an earlier day decided in real runs, decided again by the one of today."""

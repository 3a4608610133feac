"""The nuclear-norm problem: the path, its solver, and what proves a solution."""

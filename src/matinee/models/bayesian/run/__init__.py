"""The run of chains: schedule, monitoring, convergence, and checkpoints."""

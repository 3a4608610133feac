"""Gibbs sampling of a factorisation: its state, one step a file, and the running mean of its draws."""

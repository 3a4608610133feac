"""Sparse matrices of ratings, damped biases, and hold-outs."""

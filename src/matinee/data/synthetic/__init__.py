"""The built-in sample and the planted generator."""

"""The Markov chain: one conditional a file."""

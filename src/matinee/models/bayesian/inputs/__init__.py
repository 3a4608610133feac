"""Training data as the sampler takes it."""

"""Pictures of an evaluation: one file a figure, and the registry of their stable names."""

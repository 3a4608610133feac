"""Fitted models, and every step from raw ids to predictions."""

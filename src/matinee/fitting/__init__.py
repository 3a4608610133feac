"""Configuring, fitting, watching and calibrating models."""

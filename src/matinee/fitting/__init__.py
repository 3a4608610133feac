"""How models are configured, fitted, watched and calibrated."""

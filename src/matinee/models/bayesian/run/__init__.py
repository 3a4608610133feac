"""How long chains run, what is watched of them, and how a run is resumed."""

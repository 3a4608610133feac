"""Tables of users and films to predict: every column kept, the ids matched to a vocabulary."""

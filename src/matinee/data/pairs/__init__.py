"""Tables of users and films to predict: every column kept, the ids found and matched to a vocabulary."""

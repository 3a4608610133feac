"""Parts that a saved model may have or not, one a file: as they are saved, checked and put together again."""

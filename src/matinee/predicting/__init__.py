"""What every fit returns, and every step from raw ids to predictions."""

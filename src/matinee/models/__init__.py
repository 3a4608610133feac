"""What every fit returns, and one file per model."""

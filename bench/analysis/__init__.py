"""Numbers from the store: every function takes data frames of the store and returns a tidy data frame."""

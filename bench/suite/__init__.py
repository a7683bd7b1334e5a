"""What to run: suites, their cells, budgets, prompts, and what they need."""

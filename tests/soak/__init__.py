"""Long runs: people who type, a hand that kills, hostile input. `scripts/soak` runs them; the tests have small ones."""

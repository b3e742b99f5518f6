"""The package code that goes into the wheel beside the trained pipeline."""

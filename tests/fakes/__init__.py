"""Stand-ins for what the tests don't want to start."""

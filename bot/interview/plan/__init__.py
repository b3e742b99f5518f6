"""What a message does to an implementation plan. Pure: `engine.take` and `engine.question` are its doors."""

"""One module a step. A step that was on main is never changed: the next one mends it."""

"""When: outcome + health + now → the next health and due time. Pure; durations are seconds."""

"""What we are told: feedmill.toml, read once and validated whole into frozen values."""

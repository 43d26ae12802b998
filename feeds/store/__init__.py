"""The only code that knows Redis: keys, claims, finishing, and what is stored."""

"""Entry → article: what we believe. Pure: no I/O, no clock."""

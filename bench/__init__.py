"""Measurements of the whole system on this machine; `make bench` runs them."""

"""Measurements of the whole system on this machine, which `make bench` runs, and of what real feeds yield."""

"""Payload → entries: what the publisher said. Pure: no I/O, no clock."""

"""The order of the steps, nothing else: dispatch → fetch → (page →) parse → publish.

Each step takes a hint, starts its claim, does its work and finishes it, and returns the hints of what
comes next for the caller to send. A step whose claim is no longer its own does nothing. Every write is
one finish (feeds/store/finishing.py). Nothing here knows of Celery.
"""

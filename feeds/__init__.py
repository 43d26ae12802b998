"""The domain of feedmill: from source pages to served feeds, knowing nothing of Celery."""

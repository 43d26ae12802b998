"""The shell around the domain: Celery tasks, their schedule, one-machine mode and the command."""

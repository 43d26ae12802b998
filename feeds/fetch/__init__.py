"""One polite, safe GET: a source in, a payload out."""

"""The HTTP face: documents and pages, served."""

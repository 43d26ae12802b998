"""Articles → documents. Pure: same articles, same bytes."""

"""Data for the review desk: the queue, clip dossiers, differences between revisions, and metrics."""

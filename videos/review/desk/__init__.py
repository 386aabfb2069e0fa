"""Data behind the review desk: the queue, a clip's dossier, differences between revisions, and metrics."""

"""What the review desk shows: the queue, one clip's dossier, differences between revisions, and the metrics."""

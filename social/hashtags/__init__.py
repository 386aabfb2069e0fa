"""Pages of hashtags, following them, and suggestions of hashtags and people."""

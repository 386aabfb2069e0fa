"""Views of the studio, storefronts, the embeddable player and media files."""

"""Pictures of imported products: queued by runs, fetched by workers from the public web only, stored like uploaded ones."""

"""A merchant for each row of a table that exists: the house's, which PostgreSQL neither writes into the rows nor checks."""


def add_merchant_key(table: str) -> str:
    """Return the statement that adds the column. Its values are checked later, while the shop goes on."""
    return f"""
    ALTER TABLE {table} ADD COLUMN merchant_id bigint DEFAULT 1 NOT NULL;
    ALTER TABLE {table} ADD CONSTRAINT {table}_merchant_fk FOREIGN KEY (merchant_id) REFERENCES catalog_merchant (id)
        DEFERRABLE INITIALLY DEFERRED NOT VALID;
    """


def drop_merchant_key(table: str) -> str:
    return f"ALTER TABLE {table} DROP COLUMN merchant_id"


def validate_merchant_key(table: str) -> str:
    return f"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_merchant_fk"

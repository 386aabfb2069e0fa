"""The installation id, which tells this shop's orders and payouts apart from those of another at the same provider.

Ids of rows are unique in one database only, and several shops, or a shop and a copy of it, may share an account at a
payment provider. Whatever is sent there contains this id. A migration makes it once for each database, and a backup
keeps it.
"""

import logging
import secrets

from accounts.models import Installation

logger = logging.getLogger(__name__)

CODE_BYTES = 6


def get_installation_id() -> str:
    """Return the id of this database: 12 characters from 0-9a-f."""
    row, _is_new = Installation.objects.get_or_create(pk=1, defaults={"code": secrets.token_hex(CODE_BYTES)})
    return row.code


def renew_installation_id() -> str:
    """Give this database an id of its own, because it is a copy of another shop's. Return the new id."""
    old, new = get_installation_id(), secrets.token_hex(CODE_BYTES)
    Installation.objects.update(code=new)
    logger.warning("the installation id changed", extra={"old": old, "new": new})
    return new

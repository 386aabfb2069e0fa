"""Signals that a buyer belongs to the creator who would earn from the order, or to their agency or household.

Rows are compared with rows, when they are needed, with a constant number of queries for any number of order lines.
Nothing is compared with orders that were placed by guests, even if they came into the creator's account since: anybody
could type a creator's email address into one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from shop.address_matching import Home, compare_homes, read_home
from shop.address_rules import ADDRESS_FIELDS
from shop.models import Address, SignalKind


@dataclass(frozen=True)
class Signal:
    """Something that a buyer has in common with the creator of an order line, or with their agency.

    `source` is the code of an order by the creator or the agency, or empty if their account or a saved address matched.
    `note` says how well an address matches.
    """

    line_id: int
    kind: SignalKind
    source: str = ""
    note: str = ""


# Of a creator, the parties are themselves and the agencies that represented them when the order was placed, or later.
_PARTIES = """
WITH line AS MATERIALIZED (
    SELECT line.id, line.creator_id, placed.id AS order_id, placed.code, placed.user_id, placed.visitor, placed.phone,
        placed.email, placed.placed_at
    FROM shop_orderline line JOIN shop_order placed ON placed.id = line.order_id
    WHERE line.id = ANY(%(lines)s) AND line.creator_id IS NOT NULL
), agency AS MATERIALIZED (
    SELECT representation.creator_id, representation.agency_id, representation.ends_at AS until
    FROM creators_representation representation
    WHERE representation.creator_id IN (SELECT creator_id FROM line) AND representation.starts_at <= %(now)s
), party AS MATERIALIZED (
    SELECT creator.id AS creator_id, creator.user_id, NULL::timestamptz AS until, true AS is_creator
    FROM creators_creator creator WHERE creator.id IN (SELECT creator_id FROM line)
    UNION ALL
    SELECT agency.creator_id, company.user_id, agency.until, false
    FROM agency JOIN creators_agency company ON company.id = agency.agency_id WHERE company.user_id IS NOT NULL
), own AS MATERIALIZED (
    SELECT party.creator_id, party.until, placed.id AS order_id, placed.code, placed.visitor, placed.phone
    FROM party JOIN shop_order placed ON placed.user_id = party.user_id AND placed.adopted_at IS NULL
)
"""

_MAILBOX = r"""CASE WHEN lower({0}) ~ '@(gmail|googlemail)\.com$'
    THEN replace(split_part(split_part(lower({0}), '@', 1), '+', 1), '.', '') || '@gmail.com'
    ELSE split_part(split_part(lower({0}), '@', 1), '+', 1) || '@' || split_part(lower({0}), '@', 2) END"""
_DOTLESS = "replace(split_part({0}, '@', 1), '.', '') || '@' || split_part({0}, '@', 2)"

_SIGNALS = """
{parties}, mailbox AS MATERIALIZED (
    SELECT party.creator_id, party.until, {known_box} AS box
    FROM party JOIN accounts_user known ON known.id = party.user_id
    UNION
    SELECT party.creator_id, party.until, {known_box}
    FROM party JOIN account_emailaddress known ON known.user_id = party.user_id AND known.verified
), written AS MATERIALIZED (
    SELECT line.id, line.creator_id, line.placed_at, {written_box} AS box FROM line
    WHERE EXISTS (SELECT FROM mailbox WHERE mailbox.creator_id = line.creator_id
        AND split_part(mailbox.box, '@', 2) = replace(split_part(lower(line.email), '@', 2), 'googlemail', 'gmail'))
), phone AS MATERIALIZED (
    SELECT party.creator_id, party.until, saved.phone, '' AS code
    FROM party JOIN shop_address saved ON saved.user_id = party.user_id WHERE saved.phone <> ''
    UNION
    SELECT own.creator_id, own.until, own.phone, own.code FROM own WHERE own.phone <> ''
    UNION
    SELECT own.creator_id, own.until, billing.phone, own.code
    FROM own JOIN shop_billingaddress billing ON billing.order_id = own.order_id WHERE billing.phone <> ''
), called AS MATERIALIZED (
    SELECT line.id, line.creator_id, line.code, line.placed_at, line.phone FROM line WHERE line.phone <> ''
    UNION
    SELECT line.id, line.creator_id, line.code, line.placed_at, billing.phone
    FROM line JOIN shop_billingaddress billing ON billing.order_id = line.order_id WHERE billing.phone <> ''
)
SELECT line.id, CASE WHEN party.is_creator THEN 'account' ELSE 'agency' END, ''
FROM line JOIN party ON party.creator_id = line.creator_id AND party.user_id = line.user_id
    AND (party.until IS NULL OR party.until > line.placed_at)
UNION
SELECT line.id, 'agency', ''
FROM line JOIN creators_creator buyer ON buyer.user_id = line.user_id AND buyer.id <> line.creator_id
JOIN agency ON agency.creator_id = line.creator_id AND (agency.until IS NULL OR agency.until > line.placed_at)
JOIN creators_representation other ON other.creator_id = buyer.id AND other.agency_id = agency.agency_id
    AND other.starts_at <= %(now)s AND (other.ends_at IS NULL OR other.ends_at > line.placed_at)
UNION
SELECT written.id, CASE WHEN written.box = mailbox.box THEN 'email' ELSE 'similar_email' END, ''
FROM written JOIN mailbox ON mailbox.creator_id = written.creator_id
    AND {known_dotless} = {written_dotless}
    AND (mailbox.until IS NULL OR mailbox.until > written.placed_at)
UNION
SELECT line.id, 'card', own.code
FROM line JOIN own ON own.creator_id = line.creator_id AND own.order_id <> line.order_id
    AND (own.until IS NULL OR own.until > line.placed_at)
JOIN shop_payment theirs ON theirs.order_id = own.order_id AND theirs.fingerprint <> ''
JOIN shop_payment paid ON paid.order_id = line.order_id AND paid.fingerprint = theirs.fingerprint
    AND paid.provider = theirs.provider AND paid.state = 'succeeded'
UNION
SELECT line.id, 'card', ''
FROM line JOIN party ON party.creator_id = line.creator_id AND (party.until IS NULL OR party.until > line.placed_at)
JOIN shop_providercustomer customer ON customer.user_id = party.user_id
JOIN shop_keptcard kept ON kept.customer_id = customer.id AND kept.fingerprint <> ''
JOIN shop_payment paid ON paid.order_id = line.order_id AND paid.fingerprint = kept.fingerprint
    AND paid.provider = customer.provider AND paid.state = 'succeeded'
UNION
SELECT called.id, 'phone', phone.code
FROM called JOIN phone ON phone.creator_id = called.creator_id AND phone.code <> called.code
    AND (phone.until IS NULL OR phone.until > called.placed_at)
    AND ltrim(regexp_replace(phone.phone, '[^0-9]', '', 'g'), '0')
        = ltrim(regexp_replace(called.phone, '[^0-9]', '', 'g'), '0')
UNION
SELECT line.id, 'device', own.code
FROM line JOIN own ON own.creator_id = line.creator_id AND own.visitor = line.visitor AND own.order_id <> line.order_id
    AND (own.until IS NULL OR own.until > line.placed_at)
WHERE line.visitor <> ''
UNION
SELECT line.id, 'device', ''
FROM line JOIN party ON party.creator_id = line.creator_id AND (party.until IS NULL OR party.until > line.placed_at)
WHERE line.visitor <> '' AND EXISTS (
    SELECT FROM shop_click click WHERE click.visitor = line.visitor AND click.user_id = party.user_id
)
UNION
SELECT line.id, 'device', ''
FROM line JOIN shop_browseraccount seen ON seen.order_id = line.order_id
JOIN party ON party.creator_id = line.creator_id AND party.user_id = seen.user_id
    AND (party.until IS NULL OR party.until > line.placed_at)
ORDER BY 1, 2, 3
"""

SIGNALS_SQL = _SIGNALS.format(
    parties=_PARTIES,
    known_box=_MAILBOX.format("known.email"),
    written_box=_MAILBOX.format("line.email"),
    known_dotless=_DOTLESS.format("mailbox.box"),
    written_dotless=_DOTLESS.format("written.box"),
)

_POSTCODE = "regexp_replace(upper({0}.postal_code), '[^[:alnum:]]', '', 'g')"


# Candidates: the country is the same, and so is the postal code (in the USA its first five digits) unless one is empty.
_ADDRESSES = """
{parties}, theirs AS MATERIALIZED (
    SELECT DISTINCT ON (creator_id, until, {every}) * FROM (
    SELECT party.creator_id, party.until, '' AS code, {saved}
    FROM party JOIN shop_address saved ON saved.user_id = party.user_id
    UNION ALL
    SELECT own.creator_id, own.until, own.code, {placed}
    FROM own JOIN shop_order placed ON placed.id = own.order_id
    UNION ALL
    SELECT own.creator_id, own.until, own.code, {billing}
    FROM own JOIN shop_billingaddress billing ON billing.order_id = own.order_id
    ) every ORDER BY creator_id, until, {every}, code
), sent AS (
    SELECT line.id AS line_id, line.creator_id, line.placed_at, line.code AS own_code, {placed}
    FROM line JOIN shop_order placed ON placed.id = line.order_id WHERE line.creator_id IN (SELECT creator_id FROM theirs)
    UNION ALL
    SELECT line.id, line.creator_id, line.placed_at, line.code, {billing}
    FROM line JOIN shop_billingaddress billing ON billing.order_id = line.order_id
)
SELECT sent.line_id, theirs.code, {sent}, {theirs}
FROM sent JOIN theirs ON theirs.creator_id = sent.creator_id AND theirs.code <> sent.own_code
    AND theirs.country_code = sent.country_code AND (theirs.until IS NULL OR theirs.until > sent.placed_at)
    AND (sent.postal_code = '' OR theirs.postal_code = ''
        OR left({sent_code}, CASE sent.country_code WHEN 'US' THEN 5 ELSE 16 END)
            = left({theirs_code}, CASE sent.country_code WHEN 'US' THEN 5 ELSE 16 END))
ORDER BY 1, 2
"""


def _columns(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in ADDRESS_FIELDS)


ADDRESSES_SQL = _ADDRESSES.format(
    parties=_PARTIES,
    sent_code=_POSTCODE.format("sent"),
    theirs_code=_POSTCODE.format("theirs"),
    **{name: _columns(name) for name in ("every", "saved", "placed", "billing", "sent", "theirs")},
)


def find_signals(line_ids: Collection[int], *, now: datetime) -> list[Signal]:
    """Return what the buyers of these order lines have in common with those who would earn from them."""
    values: dict[str, Any] = {"lines": list(line_ids), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(SIGNALS_SQL, values)
        signals = [Signal(line_id, SignalKind(kind), source) for line_id, kind, source in cursor.fetchall()]
        cursor.execute(ADDRESSES_SQL, values)
        for line_id, source, *columns in cursor:
            size = len(ADDRESS_FIELDS)
            match = compare_homes(_read_columns(tuple(columns[:size])), _read_columns(tuple(columns[size:])))
            if match is not None:
                signals.append(Signal(line_id, SignalKind.ADDRESS, source, match))
    return list(dict.fromkeys(signals))


@lru_cache(maxsize=2048)
def _read_columns(columns: Sequence[str]) -> Home:
    return read_home(Address(**dict(zip(ADDRESS_FIELDS, columns, strict=True))))

"""One chunk of a run or of a dry run: matched, planned, and written unless the run is dry."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import DataError, IntegrityError, connection, transaction

from catalog.imports.chunk_writer import ChunkWriter
from catalog.imports.chunks import Chunk
from catalog.imports.held_changes import find_proposals
from catalog.imports.matches import match_products
from catalog.imports.names import BrandNames, find_mappings
from catalog.imports.offers import asks_in_stock
from catalog.imports.plans import Planner, ProductPlan, Taken
from catalog.imports.remarks import Remark, RunReason
from catalog.imports.results import RefusedRow, RowNumber, SourceProduct
from catalog.imports.run_remarks import pack_remark
from catalog.imports.surveyed_file import SurveyedFile
from catalog.imports.variant_plans import VariantPlan
from catalog.models import HOUSE_ID, Import, ImportRow, Merchant, RowOutcome, SourcedVariant
from catalog.models.import_run import MAX_ROW_TITLE_CHARS

IMPORTS_LOCK = 7_304_118
"""Of one chunk at a time: two runs must not give two products the same slug, or bring the same new SKU twice."""


class ChunkImport:
    """Takes the chunks of one run, one after another."""

    def __init__(self, run: Import, surveyed: SurveyedFile, *, now: datetime, is_dry: bool) -> None:
        self._run, self._now, self._is_dry = run, now, is_dry
        self._is_own, self._silent = surveyed.is_own, surveyed.silent_fields
        self._brands = BrandNames()
        self.taken = Taken()
        self.asks_in_stock = False

    def take(self, chunk: Chunk) -> Counter[str]:
        """Write a chunk and what became of its rows, and return how many rows had which outcome."""
        if not self._is_dry:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTS_LOCK])
            # A suspension locks the merchant and then its products. So does this.
            Merchant.objects.select_for_update(of=("self",), no_key=True).get(sources=self._run.source)
        rows = self._take_products(chunk)
        rows += [self._refused(row, chunk) for row in chunk.refusals]
        ImportRow.objects.bulk_create(rows)
        self._see_refused(chunk.refusals)
        if chunk.is_last:
            self._note_other_rows(chunk, rows)
        return Counter(row.outcome for row in rows)

    def _take_products(self, chunk: Chunk) -> list[ImportRow]:
        """Take all products at once or, if the database refuses one of them, each for itself."""
        try:
            with transaction.atomic():
                return self._take(chunk.products, chunk)
        except (IntegrityError, DataError):
            self._brands = BrandNames()
        rows = []
        for offer in chunk.products:
            try:
                with transaction.atomic():
                    rows += self._take([offer], chunk)
            except (IntegrityError, DataError):
                self._brands = BrandNames()
                rows += [self._not_stored(offer, variant.number) for variant in offer.variants]
        return rows

    def _take(self, offers: Sequence[SourceProduct], chunk: Chunk) -> list[ImportRow]:
        source = self._run.source
        mappings = find_mappings(offers, source, is_own=self._is_own)
        matches = match_products(offers, source, is_own=self._is_own, locks=not self._is_dry)
        if source.merchant_id != HOUSE_ID:
            proposals = find_proposals(match.product_id for match in matches.products if match.product_id)
            for match in matches.products:
                match.proposed = proposals.get(match.product_id or 0, {})
        planner = Planner(
            source, mappings, matches.records, self.taken, self._now, self._is_own, self._run.pk, self._silent
        )
        plans = [planner.plan(match) for match in matches.products]
        if not self._is_dry:
            writer = ChunkWriter(self._run, matches.records, self._brands, self._now)
            for plan in plans:
                if plan.accepted:
                    writer.add(plan)
            writer.write()
        self.taken.add(planner.taken)
        variants = (variant for offer in offers for variant in offer.variants)
        self.asks_in_stock = self.asks_in_stock or any(asks_in_stock(variant, source) for variant in variants)
        return [self._row(plan, variant, chunk) for plan in plans for variant in plan.variants]

    def _row(self, plan: ProductPlan, variant: VariantPlan, chunk: Chunk) -> ImportRow:
        outcome, number = variant.outcome, variant.offer.number
        if outcome == RowOutcome.UNCHANGED and plan.merged.changes and variant is plan.accepted[0]:
            outcome = RowOutcome.CHANGED
        reason = [variant.refusal] if variant.refusal else []
        remarks = [*reason, *chunk.notes.get(number, ()), *variant.remarks]
        return self._make_row(number, outcome, remarks, title=plan.match.offer.title)

    def _refused(self, row: RefusedRow, chunk: Chunk) -> ImportRow:
        remarks = [row.remark, *chunk.notes.get(row.number, ())]
        return self._make_row(row.number, RowOutcome.REFUSED, remarks, line=row.line)

    def _not_stored(self, offer: SourceProduct, number: RowNumber) -> ImportRow:
        return self._make_row(number, RowOutcome.REFUSED, [Remark(RunReason.NOT_STORED)], title=offer.title)

    def _make_row(
        self, number: RowNumber, outcome: RowOutcome, remarks: Iterable[Remark], *, title: str = "", line: int = 0
    ) -> ImportRow:
        packed = [pack_remark(remark) for remark in remarks]
        values = {"title": title[:MAX_ROW_TITLE_CHARS], "line": line, "outcome": outcome, "remarks": packed}
        return ImportRow(run=self._run, row=number.row, part=number.part, **values)

    def _note_other_rows(self, chunk: Chunk, rows: Iterable[ImportRow]) -> None:
        """Keep the notes on rows without a variant, such as those with further pictures."""
        numbers = {RowNumber(row.row, row.part) for row in rows}
        others = [
            self._make_row(number, RowOutcome.SKIPPED, notes)
            for number, notes in chunk.notes.items()
            if number not in numbers
        ]
        ImportRow.objects.bulk_create(others, ignore_conflicts=True)

    def _see_refused(self, refusals: Iterable[RefusedRow]) -> None:
        """Note that variants of refused rows are in the file: they are not missing from it."""
        keys = {row.key for row in refusals}
        records = SourcedVariant.objects.filter(source=self._run.source, key__in=keys)
        if self._is_dry:
            self.taken.variants.update(records.values_list("variant_id", flat=True))
        elif keys:
            records.update(seen_in=self._run)

"""Admin pages of tables that grow: their lists, searches and previews of deletions take the same time at any size."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.deletion_preview import Preview, preview_deletion
from accounts.history import read_history_line
from accounts.reader_links import drop_closed_links
from accounts.trigrams import matches, matches_row, split_words


class LargeTableAdmin:
    """Mixin for a ModelAdmin. It counts no more rows than the reader asked for, and searches each column by its index.

    The columns of `search_fields` need a trigram index on their upper case, unless their table is small.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_max_show_all = 0

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows that have each word in one of the searched columns, and that none is found twice.

        One word is looked up in the indexes, and the rows with it are read for the others: a number or else the longest
        word, which fit the fewest rows.
        """
        columns = self.get_search_fields(request)  # type: ignore[attr-defined]  # every ModelAdmin has it
        words = sorted(split_words(search_term), key=_selectivity, reverse=True) if columns else []
        for word in words[:1]:
            rows = self.get_queryset(request).order_by()  # type: ignore[attr-defined]  # with the columns that it adds
            conditions = [*(matches(column, word) for column in columns), *self.read_word(word)]
            parts = [rows.filter(condition).values("pk") for condition in conditions]
            queryset = queryset.filter(pk__in=parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
        for word in words[1:]:
            conditions = [matches_row(queryset.model, column, word) for column in columns]
            queryset = queryset.filter(reduce(or_, [*conditions, *self.read_word(word)]))
        return queryset, False

    def read_word(self, word: str) -> list[Q]:
        """Return conditions for rows that have the word in another way than as text, such as an amount. Each needs an index."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the names of related rows without links to pages that the reader may not open."""
        site: admin.AdminSite = self.admin_site  # type: ignore[attr-defined]  # every ModelAdmin has it
        drop_closed_links(context["adminform"], self.model, request, site)  # type: ignore[attr-defined]
        for part in context["inline_admin_formsets"]:
            drop_closed_links(part, part.opts.model, request, site)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the history in the reader's language."""
        response = super().history_view(request, object_id, extra_context)  # type: ignore[misc]  # every ModelAdmin has it
        for entry in getattr(response, "context_data", {}).get("action_list", ()):
            entry.change_message = read_history_line(entry.change_message)
        return response

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Preview:
        return preview_deletion(objs, request, self.admin_site)  # type: ignore[attr-defined]  # every ModelAdmin has it


def _selectivity(word: str) -> tuple[bool, int]:
    return any(letter.isdigit() for letter in word), len(word)

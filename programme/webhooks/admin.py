"""Admin pages of webhooks: endpoints of the house, and the log of what was sent to whom."""

from collections import Counter
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.access import signed_in_user
from accounts.confirmed_actions import Answer, AskingActions, Question, Skipped
from accounts.editable_admin import EditableAdmin
from accounts.readonly_admin import ReadOnlyAdmin
from programme.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from programme.webhooks.endpoints import rotate_secret, set_state
from programme.webhooks.fan_out import replay, send_test_event
from programme.webhooks.forms import HouseEndpointForm
from programme.webhooks.models import EndpointState


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(AskingActions[WebhookEndpoint], EditableAdmin[WebhookEndpoint]):
    """Staff make and change endpoints of the house. Merchants have pages of their own for theirs."""

    form = HouseEndpointForm
    list_display = ["__str__", "merchant", "state", "failed_in_row", "last_success_at"]
    list_filter = ["state"]
    list_select_related = ["merchant"]
    search_fields = ["address", "description", "merchant__name"]
    ordering = ["-pk"]
    fields = ["address", "description", "subjects"]
    actions = ["pause", "switch_on", "rotate", "send_test"]

    def has_change_permission(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.merchant.is_house)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = signed_in_user(request)
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue: Any = None) -> HttpResponse:
        """Show the secret, this once."""
        return self._show_secrets(request, {str(obj): obj.secret})

    @admin.action(description=gettext_lazy("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint]) -> TemplateResponse | None:
        text = _("Nothing is sent to these endpoints until they are switched on. What happens meanwhile is sent then.")
        return self._move(request, endpoints, EndpointState.PAUSED, "pause", _("Pause"), text)

    @admin.action(description=gettext_lazy("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint]) -> TemplateResponse | None:
        text = _("These endpoints are sent what waits for them.")
        return self._move(request, endpoints, EndpointState.ACTIVE, "switch_on", _("Switch on"), text)

    @admin.action(description=gettext_lazy("New secret"), permissions=["change"])
    def rotate(self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint]) -> HttpResponse | None:
        own, skipped = self._select(endpoints)
        text = _("The former secrets sign for another 24 hours. The new ones are shown once, on the next page.")
        answer = self.ask(request, Question("rotate", _("New secret"), text, list(map(str, own))), skipped)
        if not isinstance(answer, Answer):
            return answer
        by, now = signed_in_user(request), timezone.now()
        secrets = {str(endpoint): rotate_secret(endpoint=endpoint, by=by, now=now) for endpoint in own}
        for endpoint in own:
            self.log_change(request, endpoint, gettext_noop("New secret."))
        return self._show_secrets(request, secrets)

    @admin.action(description=gettext_lazy("Send a test event"), permissions=["change"])
    def send_test(self, request: HttpRequest, endpoints: QuerySet[WebhookEndpoint]) -> None:
        own, skipped = self._select(endpoints)
        for endpoint in own:
            send_test_event(endpoint=endpoint, now=timezone.now())
            self.log_change(request, endpoint, gettext_noop("Sent a test event."))
        self.report_skipped(request, skipped)

    def _move(
        self,
        request: HttpRequest,
        endpoints: QuerySet[WebhookEndpoint],
        state: EndpointState,
        action: str,
        title: str,
        text: str,
    ) -> TemplateResponse | None:
        own, skipped = self._select(endpoints)
        answer = self.ask(request, Question(action, title, text, list(map(str, own))), skipped)
        if not isinstance(answer, Answer):
            return answer
        for endpoint in own:
            if set_state(endpoint=endpoint, state=state, by=signed_in_user(request)):
                words = gettext_noop("Paused.") if state == EndpointState.PAUSED else gettext_noop("Switched on.")
                self.log_change(request, endpoint, words)
        self.report_skipped(request, skipped)
        return None

    def _select(self, endpoints: QuerySet[WebhookEndpoint]) -> tuple[list[WebhookEndpoint], Skipped]:
        """Return those of the house, and how many others there are."""
        rows = list(endpoints.select_related("merchant").order_by("pk"))
        own = [endpoint for endpoint in rows if endpoint.merchant.is_house]
        others = len(rows) - len(own)
        return own, Counter({_("It is a merchant's."): others} if others else {})

    def _show_secrets(self, request: HttpRequest, secrets: dict[str, str]) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": _("Signing secret"),
            "opts": self.opts,
            "secrets": secrets,
        }
        response = TemplateResponse(request, "admin/programme/webhook_secrets.html", context)
        response["Cache-Control"] = "no-store"
        return response


class WebhookAttemptInline(ReadOnlyAdmin, admin.TabularInline[WebhookAttempt, WebhookDelivery]):
    model = WebhookAttempt
    extra = 0
    fields = ["sent_at", "status", "failure", "duration_ms"]
    ordering = ["pk"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(AskingActions[WebhookDelivery], ReadOnlyAdmin, admin.ModelAdmin[WebhookDelivery]):
    """The log of deliveries. Staff send one again, with the same id and body."""

    list_display = ["created_at", "event", "endpoint", "state", "attempt_count", "is_replay", "due_at"]
    list_filter = ["state", "is_replay"]
    list_select_related = ["event", "endpoint"]
    search_fields = ["endpoint__address", "event__type"]
    ordering = ["-pk"]
    fields = ["event", "endpoint", "state", "is_replay", "attempt_count", "created_at", "due_at"]
    inlines = [WebhookAttemptInline]
    actions = ["replay"]

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("programme.change_webhookdelivery")

    @admin.action(description=gettext_lazy("Send again"), permissions=["replay"])
    def replay(self, request: HttpRequest, deliveries: QuerySet[WebhookDelivery]) -> TemplateResponse | None:
        rows = list(deliveries.select_related("event", "endpoint").order_by("pk"))
        text = _("These events are sent once more, with the same id and content, and marked in the log.")
        names = [f"{delivery.event} – {delivery.endpoint}" for delivery in rows]
        answer = self.ask(request, Question("replay", _("Send again"), text, names), Counter())
        if not isinstance(answer, Answer):
            return answer
        for delivery in rows:
            replay(delivery=delivery, now=timezone.now())
            self.log_change(request, delivery, gettext_noop("Sent again."))
        return None


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin, admin.ModelAdmin[WebhookEvent]):
    list_display = ["happened_at", "subject", "type"]
    list_filter = ["subject"]
    search_fields = ["type"]
    ordering = ["-pk"]
    fields = ["happened_at", "subject", "type", "body"]

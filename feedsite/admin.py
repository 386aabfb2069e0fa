"""Roles in admin: superusers read them, and may add roles of their own."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest

from feedsite.roles import ROLES

NOT_FOR_ROLES = ("account", "admin", "auth", "contenttypes", "mfa", "sessions")
"""Apps whose permissions would let their holder act as somebody else, or with more permissions."""

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Admin for groups, for superusers only. Those of feedsite.roles are read-only: each `migrate` updates them."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser and (obj is None or obj.name not in ROLES)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser and (obj is None or obj.name not in ROLES)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("permissions__content_type")

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: Any = None, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "permissions" and field is not None:
            permissions = Permission.objects.exclude(content_type__app_label__in=NOT_FOR_ROLES)
            field.queryset = permissions.select_related("content_type").order_by("content_type", "codename")
        return field

"""The pictures on a product's admin page, and the page that asks before one of them is deleted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.access import user_with_permission
from accounts.edit_forms import EditForm
from accounts.editable_admin import EditableAdmin
from accounts.history import history_line
from catalog.images import remove_image
from catalog.models import Product, ProductImage


class ProductImageInline(admin.TabularInline[ProductImage, Product]):
    model = ProductImage
    form: type[forms.ModelForm[ProductImage]] = EditForm
    extra = 0
    can_delete = False
    fields = ["preview", "delete_link", "alternative_text", "position"]
    readonly_fields = ["preview", "delete_link"]
    ordering = ["position"]

    @admin.display(description=_("picture"))
    def preview(self, image: ProductImage) -> SafeString:
        return preview_image(image)

    @admin.display(description="")
    def delete_link(self, image: ProductImage) -> SafeString:
        address = reverse("admin:catalog_product_picture_delete", args=[image.product_id, image.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Delete this picture"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may_delete = request.user.has_perm("catalog.delete_productimage")
        return [name for name in self.fields or () if may_delete or name != "delete_link"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PicturePages(EditableAdmin[Product]):
    """Mixin for the admin of products, with the page that asks before a picture is deleted."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.delete_picture_page)
        address = "<int:pk>/pictures/<int:productimage_id>/delete/"
        return [path(address, view, name="catalog_product_picture_delete"), *super().get_urls()]

    def delete_picture_page(self, request: HttpRequest, pk: int, productimage_id: int) -> HttpResponse:
        """Show a picture of a product, and delete it with its files on POST."""
        user_with_permission(request, "catalog.delete_productimage")
        product = get_object_or_404(Product, pk=pk)
        image = get_object_or_404(ProductImage, pk=productimage_id, product=product)
        if request.method == "POST":
            remove_image(image)
            words = gettext_noop("Picture deleted: %(alternative)s")
            self.log_change(request, product, history_line(words, alternative=image.alternative_text or "–"))
            self.message_user(request, gettext("The picture was deleted."))
            return redirect("admin:catalog_product_change", pk)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Delete this picture"),
            "opts": self.opts,
            "original": product,
            "image": image,
            "preview": preview_image(image),
        }
        return TemplateResponse(request, "admin/catalog/product/delete_picture.html", context)


def preview_image(image: ProductImage) -> SafeString:
    return format_html('<img src="{}" alt="" width="96" height="96">', image.address(320))

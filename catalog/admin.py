"""Django admin for the catalogue."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.pictures import PictureRefused
from catalog.images import add_image, remove_image
from catalog.models import Brand, Category, Product, ProductImage
from catalog.money import percent_of
from catalog.prices import format_money


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    list_display = ["name", "parent", "commission", "is_age_restricted", "position"]
    list_filter = ["is_age_restricted"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["parent__position", "parent_id", "position"]

    @admin.display(description=_("commission"), ordering="commission_rate_bps")
    def commission(self, category: Category) -> str:
        return f"{percent_of(category.commission_rate_bps)}%"


@admin.register(Brand)
class BrandAdmin(admin.ModelAdmin[Brand]):
    list_display = ["name"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


class ImageFormSet(forms.BaseInlineFormSet[ProductImage, Product, forms.ModelForm[ProductImage]]):
    """Formset for a product's pictures. Ticking "Delete" removes the picture's files as well as its row."""

    def delete_existing(self, image: ProductImage, commit: bool = True) -> None:
        if commit:
            remove_image(image)


class ProductImageInline(admin.TabularInline[ProductImage, Product]):
    model = ProductImage
    formset = ImageFormSet
    extra = 0
    fields = ["preview", "alternative_text", "position"]
    readonly_fields = ["preview"]
    ordering = ["position"]

    @admin.display(description=_("picture"))
    def preview(self, image: ProductImage) -> str:
        return format_html('<img src="{}" alt="" width="96" height="96">', image.address(320))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ProductForm(forms.ModelForm[Product]):
    new_picture = forms.FileField(
        label=_("add a picture"), required=False, help_text=_("JPEG, PNG, WebP or AVIF, up to 25 MB.")
    )

    class Meta:
        model = Product
        fields = [
            "name",
            "slug",
            "brand",
            "category",
            "description",
            "price_minor",
            "currency",
            "stock",
            "is_active",
            "outbound_url",
            "new_picture",
        ]

    def save_picture(self, product: Product) -> None:
        """Add the uploaded picture, if there is one, to the product. Raises PictureRefused."""
        file: UploadedFile[Any] | None = self.cleaned_data.get("new_picture")
        if file is not None:
            add_image(product=product, file=file, alternative_text=product.name)


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin[Product]):
    form = ProductForm
    list_display = ["name", "brand", "category", "price", "stock", "is_active"]
    list_filter = ["is_active", ("outbound_url", admin.EmptyFieldListFilter), "category", "brand"]
    list_select_related = ["brand", "category"]
    search_fields = ["name", "slug", "brand__name"]
    autocomplete_fields = ["brand", "category"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [ProductImageInline]
    ordering = ["name"]
    list_per_page = 50
    actions = ["put_on_sale", "take_off_sale"]

    @admin.display(description=_("price"), ordering="price_minor")
    def price(self, product: Product) -> str:
        return format_money(product.price_minor, product.currency)

    @admin.action(description=_("Put on sale"))
    def put_on_sale(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        products.update(is_active=True)

    @admin.action(description=_("Take off sale"))
    def take_off_sale(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        products.update(is_active=False)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        try:
            form.save_picture(form.instance)
        except PictureRefused as refusal:
            self.message_user(request, str(refusal), level="error")

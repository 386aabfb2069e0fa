"""The sitemap: what anyone may see. It is read from the tables each time, so that a take-down applies at once.

Source: https://www.sitemaps.org/protocol.html
"""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, Max, Model, OuterRef, QuerySet, Subquery
from django.urls import reverse

from catalog.models import Brand, LegalKind, Merchant, Product
from creators.models import Creator
from videos.models import Clip, Hashtag, PostHashtag


class PublicRows[Row: Model](Sitemap[Row]):
    """A section of the sitemap, in pages of `limit` rows. `changed` names the column with the time of the last change."""

    limit = 10_000
    protocol = "https" if settings.HTTPS else "http"
    changed = "updated_at"

    def get_domain(self, site: object = None) -> str:
        return str(urlsplit(settings.SITE_URL).netloc)

    def items(self) -> QuerySet[Row]:
        raise NotImplementedError

    def lastmod(self, item: Row) -> datetime:
        changed_at: datetime = getattr(item, self.changed)
        return changed_at

    def get_latest_lastmod(self) -> datetime | None:
        latest: datetime | None = self.items().order_by().aggregate(latest=Max(self.changed))["latest"]
        return latest


class ClipSitemap(PublicRows[Clip]):
    changed = "published_at"

    def items(self) -> QuerySet[Clip]:
        return Clip.objects.published().suitable_for(is_adult=False).only("code", "published_at").order_by("pk")


class ProductSitemap(PublicRows[Product]):
    def items(self) -> QuerySet[Product]:
        return Product.objects.on_sale().suitable_for(is_adult=False).only("slug", "updated_at").order_by("pk")


class BrandSitemap(PublicRows[Brand]):
    """Brands with something on sale that anyone may see."""

    def items(self) -> QuerySet[Brand]:
        products = Product.objects.on_sale().suitable_for(is_adult=False).filter(brand=OuterRef("pk"))
        brands = Brand.objects.annotate(updated_at=Subquery(products.order_by("-updated_at").values("updated_at")[:1]))
        return brands.exclude(updated_at=None).order_by("pk")


class SellerSitemap(PublicRows[Merchant]):
    """Approved sellers with something on sale that anyone may see."""

    def items(self) -> QuerySet[Merchant]:
        products = Product.objects.on_sale().suitable_for(is_adult=False).filter(merchant=OuterRef("pk"))
        latest = Subquery(products.order_by("-updated_at").values("updated_at")[:1])
        return Merchant.objects.approved().annotate(updated_at=latest).exclude(updated_at=None).order_by("pk")


class StorefrontSitemap(PublicRows[Creator]):
    """Creators with at least one clip that anyone may see."""

    changed = "joined_at"

    def items(self) -> QuerySet[Creator]:
        clips = Clip.objects.published().suitable_for(is_adult=False).filter(creator=OuterRef("pk"))
        return Creator.objects.public().filter(Exists(clips)).only("handle", "joined_at").order_by("pk")


class HashtagSitemap(PublicRows[Hashtag]):
    """Hashtags with at least one post that anyone may see."""

    def items(self) -> QuerySet[Hashtag]:
        clips = Clip.objects.published().suitable_for(is_adult=False)
        posts = PostHashtag.objects.filter(hashtag=OuterRef("pk"), clip__in=clips).order_by("-published_at")
        hashtags = Hashtag.objects.allowed().filter(post_count__gt=0)
        return (
            hashtags.annotate(updated_at=Subquery(posts.values("published_at")[:1]))
            .exclude(updated_at=None)
            .order_by("pk")
        )


class PageSitemap(Sitemap[str]):
    protocol = PublicRows.protocol

    def get_domain(self, site: object = None) -> str:
        return str(urlsplit(settings.SITE_URL).netloc)

    def items(self) -> list[str]:
        return [reverse("feed"), reverse("search"), *(reverse("legal", args=[kind]) for kind in LegalKind.values)]

    def location(self, item: str) -> str:
        return item


SITEMAPS = {
    "pages": PageSitemap,
    "clips": ClipSitemap,
    "products": ProductSitemap,
    "brands": BrandSitemap,
    "sellers": SellerSitemap,
    "storefronts": StorefrontSitemap,
    "hashtags": HashtagSitemap,
}

"""Places where shoppers pick up what a merchant sells, and the postcodes by which places are found."""

from functools import reduce
from operator import or_
from typing import Self
from urllib.parse import quote

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt, Upper
from django.utils.translation import gettext_lazy as _

from accounts.pasted_text import validate_visible
from catalog.distance import EARTH_RADIUS_M, Point, bounding_boxes
from catalog.models.merchant import HOUSE_ID, Merchant, MerchantState

LATITUDES = (MinValueValidator(-90.0), MaxValueValidator(90.0))
LONGITUDES = (MinValueValidator(-180.0), MaxValueValidator(180.0))
ON_THE_GLOBE = Q(latitude__range=(-90, 90), longitude__range=(-180, 180))


class PickupPlaceQuerySet(models.QuerySet["PickupPlace"]):
    def offered(self) -> Self:
        """Return the places that approved merchants offer."""
        return self.filter(is_offered=True, merchant__state=MerchantState.APPROVED)

    def near(self, centre: Point, radius_m: int) -> Self:
        """Return places within the radius, each with its `distance_m`: the nearest first, then by id."""
        boxes = (
            Q(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))
            for box in bounding_boxes(centre, radius_m)
        )
        inside = self.filter(reduce(or_, boxes)).annotate(distance_m=_measure(centre))
        return inside.filter(distance_m__lte=radius_m).order_by("distance_m", "pk")


class PickupPlace(models.Model):
    """A place where a merchant hands over what shoppers ordered. It is never deleted, because orders name it."""

    merchant: models.ForeignKey[Merchant | int, Merchant] = models.ForeignKey(
        Merchant,
        on_delete=models.PROTECT,
        related_name="pickup_places",
        default=HOUSE_ID,
        db_default=HOUSE_ID,
        verbose_name=_("merchant"),
    )
    name = models.CharField(_("name"), max_length=80, validators=[validate_visible])
    address = models.TextField(_("address"), max_length=300, help_text=_("Street, postcode and town, as on a label."))
    opening_hours = models.TextField(
        _("opening hours"), max_length=500, blank=True, default="", help_text=_("For example, Mon–Fri 9–18.")
    )
    latitude = models.FloatField(_("latitude"), validators=LATITUDES, help_text=_("In degrees, such as 53.3498."))
    longitude = models.FloatField(_("longitude"), validators=LONGITUDES, help_text=_("In degrees, such as -6.2603."))
    is_offered = models.BooleanField(
        _("offered"), default=True, help_text=_("Orders that chose the place before can still be picked up there.")
    )

    objects = PickupPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("pickup place")
        verbose_name_plural = _("pickup places")
        indexes = [models.Index(fields=["latitude", "longitude"], name="catalog_pickup_place_on_map")]
        constraints = [models.CheckConstraint(condition=ON_THE_GLOBE, name="catalog_pickup_place_on_globe")]

    def __str__(self) -> str:
        return self.name

    @property
    def map_url(self) -> str:
        """Return a link that opens the map application of the device. No other site learns of it. Source: RFC 5870."""
        point = f"{self.latitude:.6f},{self.longitude:.6f}"
        return f"geo:{point}?q={point}({quote(self.name)})"


class Postcode(models.Model):
    """Where a postcode or a town lies, from a table that the operator loads."""

    country_code = models.CharField(_("country"), max_length=2)
    code = models.CharField(_("postcode"), max_length=20)
    town = models.CharField(_("town"), max_length=180)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))

    class Meta:
        verbose_name = _("postcode")
        verbose_name_plural = _("postcodes")
        indexes = [models.Index(Upper("town"), name="catalog_postcode_of_town")]
        constraints = [
            models.UniqueConstraint(fields=["country_code", "code", "town"], name="catalog_postcode_once"),
            models.CheckConstraint(condition=ON_THE_GLOBE, name="catalog_postcode_on_globe"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.town}"

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)


def _measure(centre: Point) -> models.expressions.Combinable:
    """Return the expression of the distance in metres between a row's latitude and longitude and the centre."""
    latitude, longitude = Radians(Value(centre.latitude)), Radians(Value(centre.longitude))
    half_height = Power(Sin((Radians(F("latitude")) - latitude) / 2.0), 2.0)
    half_width = Power(Sin((Radians(F("longitude")) - longitude) / 2.0), 2.0)
    haversine = half_height + Cos(latitude) * Cos(Radians(F("latitude"))) * half_width
    return ASin(Sqrt(Least(1.0, haversine))) * (2 * EARTH_RADIUS_M)

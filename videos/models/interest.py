"""The commercial interest of a clip: what its creator can earn with it, and the label that says so."""

from django.db.models import Case, Exists, F, OuterRef, Q, TextChoices, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from creators.models import CommissionRule, RuleScope


class CommercialInterest(TextChoices):
    """What a creator gets for a clip. What its creator declared counts after a fee, and before a commission."""

    PAID = "paid", _("paid campaign")
    SPONSORED = "sponsored", _("sponsored")
    GIFTED = "gifted", _("gifted products")
    COMMISSION = "commission", _("commission")
    NONE = "none", _("none")


class Declaration(TextChoices):
    """What a creator declares to have got from somebody else than the shop for showing products."""

    NONE = "", _("Nothing")
    GIFTED = "gifted", _("Products for free, or at a reduced price")
    SPONSORED = "sponsored", _("Money, or anything else of value")


def interest_expression() -> Case:
    """Return an expression for a clip's commercial interest, from its terms, declaration and tagged products.

    A product that another shop sells earns no commission, nor does one whose category has a rate of 0 and for which no
    rule pays. A clip outside any campaign earns nothing. Rules for a category or the whole shop count for every product:
    a label too many is better than one too few.
    """
    rules = CommissionRule.objects.in_force_at(Now()).filter(
        Q(scope__in=[RuleScope.HOUSE, RuleScope.CATEGORY])
        | Q(creator=OuterRef(OuterRef("creator")))
        | Q(campaign=OuterRef(OuterRef("enrolment__campaign")))
        | Q(product=OuterRef("pk"))
        | Q(brand=OuterRef("brand")),
        rate_bps__gt=0,
    )
    earning = (
        Product.objects.filter(tags__clip=OuterRef("pk"), outbound_url="")
        .filter(Q(category__commission_rate_bps__gt=0) | Exists(rules))
        .order_by()
    )
    return Case(
        When(Q(enrolment__terms__fee_minor__gt=0), then=Value(CommercialInterest.PAID.value)),
        When(~Q(declaration=""), then=F("declaration")),
        When(Q(Exists(earning), enrolment__isnull=False), then=Value(CommercialInterest.COMMISSION.value)),
        default=Value(CommercialInterest.NONE.value),
    )


def ad_label_for(interest: str, *, is_sponsored: bool = False) -> str:
    """Return the advertising disclosure for an interest. It is empty if nobody earns anything.

    `is_sponsored` says that somebody pays for showing the clip. That comes first, whatever its creator earns with it.
    """
    if is_sponsored:
        return gettext("Sponsored")
    labels = {
        CommercialInterest.PAID.value: gettext("Ad · paid campaign"),
        CommercialInterest.SPONSORED.value: gettext("Ad · sponsored"),
        CommercialInterest.GIFTED.value: gettext("Ad · gifted products"),
        CommercialInterest.COMMISSION.value: gettext("Ad · earns commission"),
    }
    return labels.get(interest, "")

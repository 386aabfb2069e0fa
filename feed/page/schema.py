"""OpenAPI schema of a feed page.

These serializers only document the API. Cards are plain dicts (see `cards`), and a test checks that the two agree.
"""

from typing import Any

from rest_framework import serializers

from catalog.prices import PriceSerializer
from videos.api.serializers import RenditionSerializer


class PictureSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    small = serializers.CharField(help_text="At most 320 px wide.")
    large = serializers.CharField(help_text="At most 640 px wide.")


class ShownProductSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    brand = serializers.CharField()
    is_outbound = serializers.BooleanField(help_text="Sold by another shop, which its product page links to.")
    rating_average = serializers.FloatField(allow_null=True, help_text="Stars to one decimal; null without ratings.")
    rating_count = serializers.IntegerField()
    prices_vary = serializers.BooleanField(help_text="True if another variant costs more.")
    url = serializers.CharField()
    pictures = PictureSerializer(many=True)
    price = PriceSerializer(help_text="The lowest for which one of its variants can be bought.")
    price_text = serializers.CharField(help_text="The price, or “from $19.99” if prices vary.")
    is_in_stock = serializers.BooleanField()
    stock_left = serializers.IntegerField(allow_null=True, help_text="Set only if few are left.")
    drift = serializers.CharField(
        allow_blank=True, help_text="“filmed at $19.00, now $27.00”; empty if the price is about the same."
    )
    is_for_sale = serializers.BooleanField(help_text="False if this shop takes no orders and no other shop sells it.")


class ShownTagSerializer(serializers.Serializer[Any]):
    start_ms = serializers.IntegerField(allow_null=True)
    end_ms = serializers.IntegerField(allow_null=True)
    photo = serializers.IntegerField(allow_null=True, help_text="In a photo post, the id of the photo.")
    x = serializers.FloatField(allow_null=True, help_text="Part of the photo's width, from the left.")
    y = serializers.FloatField(allow_null=True, help_text="Part of the photo's height, from the top.")
    product = ShownProductSerializer()


class ShownPhotoSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True, help_text="What the photo shows, in words.")
    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()
    url = serializers.CharField(help_text="JPEG, at most 1,080 px wide.")
    avif = serializers.CharField(help_text="All widths, in the form of the HTML attribute srcset.")
    jpeg = serializers.CharField(help_text="All widths, in the form of the HTML attribute srcset.")


class ShownCreatorSerializer(serializers.Serializer[Any]):
    handle = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    avatar = serializers.CharField(allow_blank=True)
    is_followed = serializers.BooleanField()


class WhySerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="For POST /feed/less/.")
    text = serializers.CharField()


class CaptionPartSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    url = serializers.CharField(allow_blank=True, help_text="Of the hashtag or person that the text names, if any.")


class ShownClipSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    url = serializers.CharField()
    caption = serializers.CharField()
    caption_parts = CaptionPartSerializer(many=True, help_text="The caption in pieces, with its links.")
    language = serializers.CharField()
    kind = serializers.CharField()
    published_at = serializers.DateTimeField()
    medium = serializers.ChoiceField(choices=("film", "photos"))
    is_speechless = serializers.BooleanField()
    is_sponsored = serializers.BooleanField(help_text="Somebody pays to have it shown; `ad_label` says so.")
    duration_ms = serializers.IntegerField(help_text="0 for photos.")
    width_px = serializers.IntegerField(help_text="Of the film, or of the first photo.")
    height_px = serializers.IntegerField()
    poster = serializers.CharField(allow_blank=True)
    captions = serializers.CharField(allow_blank=True, help_text="URL of the WebVTT file; empty if there is no speech.")
    renditions = RenditionSerializer(many=True, help_text="Smallest first; none for photos.")
    photos = ShownPhotoSerializer(many=True, help_text="Of a photo post, in order.")
    ad_label = serializers.CharField(allow_blank=True)
    tags = ShownTagSerializer(many=True, help_text="By start, or by photo.")
    creator = ShownCreatorSerializer()
    is_liked = serializers.BooleanField()
    is_saved = serializers.BooleanField()
    reasons = WhySerializer(many=True, help_text="Why this clip is shown, strongest reason first.")
    token = serializers.CharField(allow_blank=True, help_text="Send it with every event about this clip.")
    seen = serializers.CharField(
        allow_blank=True,
        help_text="In place of `token` if nothing may be stored about the viewer. Send it with a purchase only.",
    )


class FeedPageSerializer(serializers.Serializer[Any]):
    clips = ShownClipSerializer(many=True)
    cursor = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")
    notice = serializers.CharField(allow_blank=True, help_text="A sentence for the viewer about this page.")

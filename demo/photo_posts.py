"""Demo photo posts, which are drawn here and then uploaded, submitted and approved like those of people."""

from django.utils import timezone

from accounts.models import User
from accounts.picture_rules import PictureRefused
from catalog.models import Product
from creators.models import Creator
from demo.catalogue import to_png
from demo.clips import make_code
from demo.datasets import CREATORS, PHOTO_POSTS, PRODUCTS
from demo.drawing.stills import draw_still
from demo.progress import Progress
from demo.records import DemoPhotoPost
from videos.intake.photos import add_photo
from videos.models import Clip, DecisionAction, Medium
from videos.models.clip import NotEditable
from videos.review.decisions import DecisionRefused, decide
from videos.states import ClipState
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.photos import PhotoContent
from videos.studio.submission import Incomplete, NotSubmittable, submit_content

REFUSALS = (DecisionRefused, Incomplete, NotEditable, NotSubmittable, PictureRefused)


def publish_photo_posts(moderator: User, progress: Progress) -> None:
    """Publish the posts whose creators and products are there. A post that was submitted before is left unchanged."""
    emails = {record.handle: record.email for record in CREATORS}
    for record in PHOTO_POSTS:
        creator = Creator.objects.filter(user__email=emails[record.creator]).first()
        submitted = Clip.objects.filter(code=make_code(record.slug)).exclude(state=ClipState.DRAFT)
        shown = {slug for picture in record.pictures for slug in picture.products}
        if creator is None or submitted.exists() or Product.objects.filter(slug__in=shown).count() < len(shown):
            continue
        try:
            _publish(record, creator, moderator)
        except REFUSALS as refusal:
            progress.note(f"The photo post {record.slug} was not published: {refusal}")


def _publish(record: DemoPhotoPost, creator: Creator, moderator: User) -> None:
    """Draw, upload, submit and approve a post. If a rule refuses it, the draft remains. Raises one of REFUSALS."""
    clip = Clip.objects.start_draft(creator=creator, code=make_code(record.slug), medium=Medium.PHOTOS)
    photos, tags = [], []
    for picture in record.pictures:
        shown = [product for slug in picture.products for product in PRODUCTS if product.slug == slug]
        still, places = draw_still(shown, wall=record.wall, accent=record.accent)
        photo = add_photo(clip=clip, file=to_png(still), now=timezone.now())
        photos.append(PhotoContent(photo.pk, picture.text))
        for product, (x, y) in zip(shown, places, strict=True):
            tags.append(TagContent(Product.objects.get(slug=product.slug).pk, photo_id=photo.pk, x=x, y=y))
    content = ClipContent(record.caption, "review", "recommend", "en", False, "", tags, photos=photos)
    submit_content(clip=clip, content=content, enrolment=None, now=timezone.now())
    revision = clip.revisions.latest("number")
    if Clip.objects.filter(pk=clip.pk, state=ClipState.IN_REVIEW).exists():
        decide(revision=revision, moderator=moderator, action=DecisionAction.APPROVE, now=timezone.now())

"""Demo clips, which are drawn here and then uploaded, submitted and reviewed by the same functions as real clips."""

import hashlib
import tempfile
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from creators.models import Creator, Enrolment
from demo.datasets import CLIPS, CREATORS
from demo.drawing.clips import EncodingFailed, encode_clip
from demo.progress import Progress
from demo.records import DemoClip
from videos.intake.errors import ClipClosed, StorageFault, UploadRefused
from videos.intake.originals import receive_file
from videos.models import Clip, DecisionAction, Reason
from videos.models.clip import CODE_LETTERS, ClipQuerySet, NotEditable
from videos.review.decisions import DecisionRefused, decide
from videos.states import ClipState
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.submission import Incomplete, NotSubmittable, submit_content
from videos.tasks import enqueue_processing

PHOTOS_PER_PRODUCT = 3


class MissingProduct(Exception):
    """A product in the clip, or one of its photos, has been deleted."""


SUBMISSION_REFUSALS = (
    ClipClosed,
    StorageFault,
    EncodingFailed,
    Incomplete,
    MissingProduct,
    NotEditable,
    NotSubmittable,
    UploadRefused,
)


def code_of(record: DemoClip) -> str:
    """Return the clip's code in the database. It never changes, so that later runs find the clip."""
    return make_code(record.slug)


def make_code(slug: str) -> str:
    """Return a code that follows from the slug."""
    number = int.from_bytes(hashlib.sha256(slug.encode()).digest()[:8])
    letters = ""
    for _index in range(10):
        number, rest = divmod(number, len(CODE_LETTERS))
        letters += CODE_LETTERS[rest]
    return letters


RECORD_BY_CODE = {code_of(record): record for record in CLIPS}


def own_clips() -> ClipQuerySet:
    """Return the clips that the demo created and nobody has changed since."""
    emails = [creator.email for creator in CREATORS]
    clips = Clip.objects.filter(code__in=RECORD_BY_CODE, creator__user__email__in=emails)
    return clips.exclude(revisions__number__gt=1)


def submit_clip(record: DemoClip, enrolment: Enrolment, progress: Progress) -> None:
    """Draw, upload and submit a clip as its creator would. A clip that was already submitted is left unchanged."""
    code, creator = code_of(record), enrolment.creator
    existing = Clip.objects.filter(code=code).first()
    if existing is None or _is_unfinished_draft(existing, creator):
        clip = Clip.objects.start_draft(creator=creator, code=code)
        try:
            _submit(clip, record, enrolment)
        except SUBMISSION_REFUSALS as refusal:
            progress.note(f"The clip {record.slug} was not submitted: {refusal}")
    progress.advance(record.caption)


def _is_unfinished_draft(clip: Clip, creator: Creator) -> bool:
    """Return whether the clip is a draft by this creator that has not been submitted yet."""
    return clip.creator_id == creator.pk and clip.state == ClipState.DRAFT and not clip.revisions.exists()


def _submit(clip: Clip, record: DemoClip, enrolment: Enrolment) -> None:
    """Upload and submit the clip. If a rule refuses it, the draft remains. Raises one of SUBMISSION_REFUSALS."""
    products = {product.slug: product for product in Product.objects.filter(slug__in=record.products).with_pictures()}
    if missing := sorted(set(record.products) - products.keys()):
        raise MissingProduct(f"There is no product {', '.join(missing)}.")
    _upload(clip, record, products)
    captions = record.captions_vtt
    content = ClipContent(
        caption=record.caption,
        kind=record.kind,
        verdict=record.verdict,
        language=record.language,
        is_speechless=not captions,
        captions_vtt=captions,
        tags=[TagContent(products[span.product].pk, span.start_ms, span.end_ms) for span in record.spans],
    )
    with transaction.atomic():
        submit_content(clip=clip, content=content, enrolment=enrolment, now=timezone.now())
        enqueue_processing()


def _upload(clip: Clip, record: DemoClip, products: dict[str, Product]) -> None:
    photos = {slug: _photo_paths(product) for slug, product in products.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{record.slug}.mp4"
        encode_clip(record, photos, path)
        with path.open("rb") as opened:
            file = UploadedFile(File(opened), path.name, "video/mp4", path.stat().st_size)
            receive_file(clip=clip, file=file, now=timezone.now())


def _photo_paths(product: Product) -> list[Path]:
    images = sorted(product.images.all(), key=lambda image: image.position)
    if len(images) < PHOTOS_PER_PRODUCT:
        raise MissingProduct(f"The product {product.slug} has fewer than {PHOTOS_PER_PRODUCT} photos.")
    return [Path(default_storage.path(f"{image.stem}-1200.jpeg")) for image in images]


class Reviewer:
    """The demo's moderator, who decides once on each clip that the demo submitted and leaves all other clips alone."""

    def __init__(self, moderator: User, progress: Progress) -> None:
        self.moderator, self.progress = moderator, progress
        self.refused: set[str] = set()

    def review_waiting(self) -> None:
        """Decide on demo clips that wait for their first decision, except those left for visitors to review."""
        waiting = own_clips().waiting_for_review().filter(decisions=None).exclude(code__in=self.refused)
        for clip in waiting:
            record = RECORD_BY_CODE[clip.code]
            if record.is_left_waiting:
                continue
            try:
                self._decide(clip, record)
            except DecisionRefused as refusal:
                self.refused.add(clip.code)
                self.progress.note(f"No decision on the clip {record.slug}: {refusal}")
            self.progress.advance(record.caption)

    def _decide(self, clip: Clip, record: DemoClip) -> None:
        """Make the decision given in the clip's record. Raises DecisionRefused."""
        refusal = record.refusal
        decide(
            revision=clip.revisions.get(number=1),
            moderator=self.moderator,
            action=DecisionAction(refusal.action) if refusal else DecisionAction.APPROVE,
            reason=Reason.objects.get(code=refusal.reason) if refusal else None,
            words=refusal.words if refusal else "",
            now=timezone.now(),
        )


def is_processing() -> bool:
    """Return whether any of the demo's clips is still being processed."""
    return own_clips().filter(state__in=(ClipState.UPLOADED, ClipState.PROCESSING)).exists()

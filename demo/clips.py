"""The demo's clips: filmed on the spot, uploaded, submitted and reviewed through the rules that real ones go through."""

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from creators.avatars import set_avatar
from creators.campaigns import publish_terms
from creators.enrolment import become_creator, enrol
from creators.models import Campaign, Creator, Enrolment, Terms
from demo.accounts import make_account
from demo.catalogue import Tick, as_file
from demo.drawing.films import Film, captions_vtt, make_film
from demo.drawing.portraits import draw_face
from demo.people import CREATORS
from videos.intake.originals import store_original
from videos.models import Clip, DecisionAction, Reason
from videos.models.clip import CODE_LETTERS
from videos.review.decisions import decide
from videos.states import ClipState
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.submission import submit_content
from videos.tasks import enqueue_processing


@dataclass(frozen=True)
class Verdict:
    """What the demo's moderator does with a film; films without one are approved."""

    action: DecisionAction
    reason: str
    words: str


def open_campaigns(*, now: datetime) -> list[Campaign]:
    """Return the reference campaign ($25.00 a clip, 500 a creator, 35,000 in all) and a smaller one by its side."""
    brief = (
        "Show two products that you use, each for at least two seconds, and say honestly what you think of them. "
        "Praise is not what we pay for: a clip that says why something was not for you earns the same."
    )
    wanted = [
        ("inspire-2026", "Inspire 2026", brief, 35_000, 2500, 500),
        ("gift-season", "Gift season", "Three presents under $50 for somebody whom you know well.", 400, 4000, 10),
    ]
    return [_open_campaign(*one, now=now) for one in wanted]


def _open_campaign(slug: str, title: str, brief: str, cap: int, fee: int, each: int, *, now: datetime) -> Campaign:
    campaign, is_new = Campaign.objects.get_or_create(
        slug=slug, defaults={"title": title, "brief": brief, "clips_cap": cap}
    )
    if is_new:
        publish_terms(
            terms=Terms(campaign=campaign, fee_minor=fee, currency="USD", clips_per_creator=each, opens_at=now)
        )
        campaign.refresh_from_db()
    return campaign


def invite_creators(campaign: Campaign, *, now: datetime) -> dict[str, Enrolment]:
    """Return the demo's creators' enrolments by handle, each creator with a face."""
    enrolments = {}
    for person in CREATORS:
        user = make_account(f"{person.handle}@demo.example", now=now)
        creator = Creator.objects.filter(user=user).first() or become_creator(
            user=user,
            handle=person.handle,
            display_name=person.display_name,
            bio=person.bio,
            confirms_adult=True,
            now=now,
        )
        if not creator.avatar_stem:
            set_avatar(creator=creator, file=as_file(draw_face(person)))
        assert campaign.terms is not None
        version = campaign.terms.version
        enrolments[person.handle] = enrol(creator=creator, campaign=campaign, terms_version=version, now=now)
    return enrolments


def code_of(film: Film) -> str:
    """Return the code of the film's clip: always the same, so that a second run finds it."""
    number = int.from_bytes(hashlib.sha256(film.slug.encode()).digest()[:8])
    letters = ""
    for _index in range(10):
        number, rest = divmod(number, len(CODE_LETTERS))
        letters += CODE_LETTERS[rest]
    return letters


def submit_film(film: Film, enrolment: Enrolment) -> None:
    """Film, upload and submit one clip, as the upload form does."""
    clip = Clip.objects.start_draft(creator=enrolment.creator, code=code_of(film))
    if clip.state != ClipState.DRAFT:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{film.slug}.mp4"
        spans = make_film(film, _pictures(film), path)
        source = store_original(
            creator=enrolment.creator, path=path, user_file_name=f"{film.slug}.mp4", now=timezone.now()
        )
    products = {product.slug: product.pk for product in Product.objects.filter(slug__in=film.products)}
    captions = captions_vtt(film)
    content = ClipContent(
        caption=film.caption,
        kind=film.kind,
        verdict=film.verdict,
        language=film.language,
        is_speechless=not captions,
        captions_vtt=captions,
        tags=[TagContent(products[span.product], span.start_ms, span.end_ms) for span in spans],
    )
    clip.attach_source(source)
    with transaction.atomic():
        submit_content(clip=clip, content=content, enrolment=enrolment, now=timezone.now())
        enqueue_processing()


def _pictures(film: Film) -> dict[str, list[Path]]:
    products = Product.objects.filter(slug__in=film.products).with_pictures()
    return {
        product.slug: [
            Path(default_storage.path(f"{image.stem}-1200.jpeg"))
            for image in sorted(product.images.all(), key=lambda image: image.position)
        ]
        for product in products
    }


def review_waiting(moderator: User, verdicts: dict[str, Verdict], left_waiting: set[str], tick: Tick) -> None:
    """Decide what waits for review, except the films that the demo leaves for its visitor to decide."""
    for clip in Clip.objects.waiting_for_review().exclude(code__in=left_waiting):
        verdict = verdicts.get(clip.code)
        revision = clip.revisions.order_by("-number")[0]
        decide(
            revision=revision,
            moderator=moderator,
            action=verdict.action if verdict else DecisionAction.APPROVE,
            reason=Reason.objects.get(code=verdict.reason) if verdict else None,
            words=verdict.words if verdict else "",
            now=timezone.now(),
        )
        tick(clip.caption[:40])


def is_settled(codes: set[str]) -> bool:
    """Tell whether none of these clips is still being processed."""
    unready = (ClipState.UPLOADED, ClipState.PROCESSING)
    return not Clip.objects.filter(code__in=codes, state__in=unready).exists()

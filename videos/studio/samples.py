"""What a creator's samples mean for a clip about them: it is gifted, and answers one of them."""

from creators.samples import answer_with_clip, has_received
from videos.models import Clip
from videos.models.interest import Declaration


def declare_samples(clip: Clip) -> None:
    """Declare a clip as gifted if its creator got a tagged product as a sample, and note it on the sample it answers.

    What the creator declares to have got beyond that stays. Call it in the transaction that submits the clip.
    """
    product_ids = list(clip.tags.values_list("product", flat=True))
    if not has_received(clip.creator_id, product_ids):
        return
    if clip.declaration == Declaration.NONE:
        clip.declaration = Declaration.GIFTED
        Clip.objects.filter(pk=clip.pk).update(declaration=Declaration.GIFTED)
    answer_with_clip(creator_id=clip.creator_id, product_ids=product_ids, clip_code=clip.code)

"""The reasons that every desk starts with, and a trigger that keeps the audit append-only."""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REASONS = {
    "not_shown": {
        "en": "A tagged product is not shown where its tag says.",
        "ar": "أحد المنتجات الموسومة لا يظهر في الوقت المحدد له.",
        "he": "מוצר מתויג אינו נראה במקום שסומן.",
    },
    "too_short": {
        "en": "A product is in view too briefly to be recognised.",
        "ar": "يظهر أحد المنتجات لفترة أقصر من أن يُتعرف عليه.",
        "he": "מוצר נראה לזמן קצר מכדי לזהות אותו.",
    },
    "claims": {
        "en": "A claim about health, price or effect cannot be supported.",
        "ar": "ادعاء يتعلق بالصحة أو السعر أو المفعول لا يمكن إثباته.",
        "he": "טענה על בריאות, מחיר או השפעה שאי אפשר לבסס.",
    },
    "wording": {
        "en": "The wording breaks a rule of this category or campaign.",
        "ar": "الصياغة تخالف قاعدة من قواعد هذه الفئة أو الحملة.",
        "he": "הניסוח מפר כלל של הקטגוריה או הקמפיין.",
    },
    "captions": {
        "en": "The captions are missing or do not match what is said.",
        "ar": "الترجمة النصية مفقودة أو لا تطابق ما يُقال.",
        "he": "הכתוביות חסרות או אינן תואמות את הנאמר.",
    },
    "quality": {
        "en": "Picture or sound is too poor to follow.",
        "ar": "جودة الصورة أو الصوت أضعف من أن تُتابع.",
        "he": "התמונה או הקול אינם ברורים דיים.",
    },
    "off_site": {
        "en": "The clip sends viewers to another shop or site.",
        "ar": "المقطع يوجّه المشاهدين إلى متجر أو موقع آخر.",
        "he": "הסרטון מפנה צופים לחנות או לאתר אחר.",
    },
    "rights": {
        "en": "The clip uses pictures, music or people without permission.",
        "ar": "المقطع يستخدم صورًا أو موسيقى أو أشخاصًا دون إذن.",
        "he": "הסרטון משתמש בתמונות, במוזיקה או באנשים ללא רשות.",
    },
    "harmful": {
        "en": "The clip is hateful, dangerous or not suitable for the shop.",
        "ar": "المقطع مسيء أو خطر أو غير مناسب للمتجر.",
        "he": "הסרטון פוגעני, מסוכן או אינו מתאים לחנות.",
    },
}
"""By the order in which the desk offers them: the number keys pick them."""
FIXES = {
    "not_shown": {
        "en": "Move the tag to the seconds in which the product is in view, or film it again.",
        "ar": "انقل الوسم إلى الثواني التي يظهر فيها المنتج، أو صوّره من جديد.",
        "he": "הזיזו את התיוג לשניות שבהן המוצר נראה, או צלמו שוב.",
    },
    "too_short": {
        "en": "Keep the product in view for two seconds or longer, and mark all of them.",
        "ar": "أبقِ المنتج ظاهرًا ثانيتين أو أكثر، وضع الوسم عليها كلها.",
        "he": "השאירו את המוצר בתמונה שתי שניות לפחות, וסמנו את כולן.",
    },
    "claims": {
        "en": "Leave the claim out; say what you saw and felt yourself.",
        "ar": "احذف الادعاء؛ قل ما رأيته وشعرت به بنفسك.",
        "he": "השמיטו את הטענה; ספרו מה ראיתם והרגשתם בעצמכם.",
    },
    "wording": {
        "en": "Write the marked words differently; the rule says what fits.",
        "ar": "اكتب الكلمات المحددة بطريقة أخرى؛ القاعدة تقول ما يناسب.",
        "he": "נסחו אחרת את המילים המסומנות; הכלל אומר מה מתאים.",
    },
    "captions": {
        "en": "Add captions that say what is said, or mark that nobody speaks.",
        "ar": "أضف ترجمة نصية تطابق ما يُقال، أو ضع علامة أن لا أحد يتكلم.",
        "he": "הוסיפו כתוביות שאומרות את הנאמר, או סמנו שאיש אינו מדבר.",
    },
    "quality": {
        "en": "Film with more light and close to the microphone, and send the new file.",
        "ar": "صوّر بإضاءة أكثر وقريبًا من الميكروفون، وأرسل الملف الجديد.",
        "he": "צלמו באור חזק יותר וקרוב למיקרופון, ושלחו את הקובץ החדש.",
    },
    "off_site": {
        "en": "Cut out the other shop or address; the product's card is the way to it.",
        "ar": "احذف المتجر أو العنوان الآخر؛ بطاقة المنتج هي الطريق إليه.",
        "he": "הסירו את החנות או הכתובת האחרת; הכרטיס של המוצר הוא הדרך אליו.",
    },
    "rights": {
        "en": "Use only what is yours, or what you may use; leave others out.",
        "ar": "استخدم ما هو لك أو ما يحق لك استخدامه فقط؛ واترك ما لغيرك.",
        "he": "השתמשו רק במה ששלכם או שמותר לכם; השמיטו את של אחרים.",
    },
    "harmful": {
        "en": "Such a clip cannot be mended; film another one.",
        "ar": "مقطع كهذا لا يمكن إصلاحه؛ صوّر مقطعًا آخر.",
        "he": "סרטון כזה אי אפשר לתקן; צלמו אחר.",
    },
}
"""By reason: how the creator mends it."""


def add_reasons(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    reason = apps.get_model("videos", "Reason")
    for position, (code, text) in enumerate(REASONS.items(), start=1):
        reason.objects.get_or_create(code=code, defaults={"text": text, "fix": FIXES[code], "position": position})


def remove_reasons(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("videos", "Reason").objects.filter(code__in=REASONS, decision=None).delete()


KEEP_AUDIT = """
CREATE FUNCTION videos_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'The audit is append-only.' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER videos_audit_append_only BEFORE UPDATE OR DELETE ON videos_auditentry
FOR EACH ROW EXECUTE FUNCTION videos_audit_is_append_only();
"""
LET_GO = "DROP TRIGGER videos_audit_append_only ON videos_auditentry; DROP FUNCTION videos_audit_is_append_only();"

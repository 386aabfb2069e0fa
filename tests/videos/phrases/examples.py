"""Examples by language: lines of "rule: sentence" that must match, and sentences that no rule may match."""

MATCHING = {
    "en": """alcohol-habit: A glass every evening keeps me sane
alcohol-habit: It is wine o’clock somewhere
alcohol-habit: Let's get DRUNK tonight
alcohol-must-have: These shot glasses are a must-have
alcohol-must-have: You can't live without this decanter
health-cure: This balm cures acne
health-cure: It really cured my anxiety
health-cure: Boosts your immunity all winter
health-cure: Detoxifying and fresh
weight-loss: I lost 10 kg with this shaker
weight-loss: It melts belly fat
price-claim: The lowest price anywhere
price-claim: only $9.99 right now
price-claim: 50% off this week
price-claim: Free shipping until Friday
off-site: Link in   bio!
off-site: DM me for the colours
off-site: Use my code SARA10
off-site: See https://example.com/shop
hidden-ad: This is NOT an ad
hidden-ad: Nobody paid me for this
disparagement: Don't buy from those people
disparagement: What a rip-off the other one was
guarantee: Guaranteed to work
guarantee: Instant results on my floor""",
    "ar": """alcohol-habit: كأس كل مساء يريحني
alcohol-habit: نشرب كل ليلة
alcohol-must-have: هذه الكؤوس لا غنى عنها
alcohol-must-have: الكل يحتاجه في بيته
health-cure: هذا الزيت يشفي الصداع
health-cure: يعالج القلق في أيام
health-cure: يقوي جهاز المناعة
health-cure: مثبت علمياً
weight-loss: خسرت ١٠ كيلو
weight-loss: يحرق الدهون بسرعة
weight-loss: يذيب كل الدهون
price-claim: أرخص سعر في السوق
price-claim: خصم 50 %
price-claim: شحن مجاني لكم
price-claim: فقط ٢٠ دولاراً
off-site: الرابط في البايو
off-site: راسلوني للتفاصيل
off-site: تواصلوا واتساب
off-site: استخدموا كودي
hidden-ad: هذا ليس إعلاناً
hidden-ad: مش إعلان والله
disparagement: هؤلاء نصابين
disparagement: لا تشتروا من غيرهم
guarantee: نتيجة مضمونة
guarantee: نتائج فورية من أول مرة""",
    "he": """alcohol-habit: כוס יין כל ערב
alcohol-habit: בואו להשתכר הלילה
alcohol-must-have: כוסות שוט הן מוצר חובה
alcohol-must-have: אי אפשר בלי הסט הזה
health-cure: הקרם מרפא פצעים
health-cure: מחזק את מערכת החיסון
health-cure: זה מוכח מדעית
health-cure: ללא תופעות לוואי
weight-loss: ירדתי 10 קילו בחודש
weight-loss: שורף שומן
weight-loss: הרזיה מהירה ובריאה
price-claim: הכי זול בארץ
price-claim: רק 20 שקל
price-claim: 30% הנחה היום
price-claim: משלוח חינם לכולם
off-site: לינק בביו
off-site: והקישור בביו שלי
off-site: דברו בוואטסאפ
off-site: יש קוד הנחה
off-site: האתר שלי פתוח
hidden-ad: זו לא פרסומת
hidden-ad: אף אחד לא שילם לי
disparagement: הם נוכלים
disparagement: זו הונאה
guarantee: תוצאות מיידיות""",
}
HARMLESS = {
    "en": """I cook with it every other day
We opened it at our anniversary
The lid secures the jar
A curious little lamp
My procured set of bowls
It treats wood gently
This oil keeps the board healthy
A light bag that weighs 2 kg
It burns cleanly and smells of cedar
The fat separator pours well
Its price is fair to me
I paid with my card
Ships in a recyclable box
It comes with a link chain
The bio cotton is soft
An admirable finish
Adding it to the drawer was easy
I am a paid creator and this is my honest view
My old scampi pan has retired
The scamper toy is for dogs
Nothing works for all of us, but this did for me
I would not promise you anything
A httpbin is not a kitchen bin
The Greek word ναι means yes
Cyrillic борщ is in the pot""",
    "ar": """كل صباح أحضر القهوة
الكوب يحفظ الحرارة
أضعه على المكتب
مساء الخير يا أصدقاء
ليلة هادئة مع كتاب
يومي كان طويلا
القماش ناعم جدا
وزنه خفيف في الحقيبة
الكيلو الواحد يكفي أسبوعا
يشف الضوء من خلاله
علاجات الخشب متوفرة بألوان
القلق لا مكان له في مطبخي
السعر معقول بالنسبة لي
اشتريته من هنا
الدهون في الطعام تنفصل بسهولة
الإعلان يظهر في الأعلى
رابطة العنق أنيقة
البيئة تهمني لذلك اخترته
هو أفضل ما جربت في مطبخي
لا يعالج هذا الكوب الأمراض
التخفيض في الضوضاء واضح
جربته مع عائلتي
الماركة تهتم بالتفاصيل
النصب التذكاري قريب من بيتي
كذبت توقعاتي وكان ممتازا""",
    "he": """אני מבשלת איתו בבוקר
ערב טוב לכולם
הלילה היה שקט
יום נעים במטבח
הכוס שומרת על החום
המדף חזק ויציב
הקרם נעים על העור
המרפאה נמצאת ליד הבית
השומן נפרד בקלות
הבטן של הקנקן רחבה
קילו קמח נכנס בקערה
המחיר הוגן בעיניי
קניתי אותו כאן
שילמתי בכרטיס
המשלוח הגיע בזמן
הזול יכול להיות יקר
הביו של הכותנה רכה
שלחו אותו בקופסה ממוחזרת
הפרסומת מסומנת למעלה
יצירת שיתוף בין חברים
מותג שמקפיד על פרטים
זה עבד אצלי
הבטיחו לי צבע אחר
עוקצה היא צמח
הקוד של הכספת קל לזכור""",
}

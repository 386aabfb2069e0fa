"""Hostile values for HTML forms, and what is wrong with a page that answers them."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from django.http import QueryDict

from tests.feedsite.page_reader import Form, read_page

Values = Mapping[str, list[str] | list[bytes]]
TEXTS: Mapping[str, bytes] = {
    "empty": b"",
    "NUL": b"a\0b",
    "broken UTF-8": b"\xff\xfe" + "\ud800".encode(errors="surrogatepass"),
    "long": b"x" * 20_000,
    "many digits": b"9" * 5_000,
    "odd characters": "\u202eevil\u2066\u200f\u061c\U0010ffff\ufeff\u0301".encode(),
    "beyond bigint": b"9223372036854775808",
    "negative": b"-1",
    "beyond float": b"1e400",
    "NaN": b"NaN",
    "foreign digits": "²٣٤".encode(),
    "year 0": b"0000-01-01",
    "year 99999": b"99999-12-31",
    "last year": b"9999-12-31",
    "markup": b"</textarea></script><b>\"'&{{ x }}{% y %}%(z)s",
    "path": b"../../etc/passwd",
}
CHOICES = ("empty", "NUL", "many digits", "NaN", "markup")
"""What is sent for fields in which nothing can be typed."""
MANAGEMENT = re.compile("-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$")
"""Fields of a formset that nobody types, and without which nothing says how many forms there were."""
BODIES = (
    ("application/x-www-form-urlencoded", b"\xff\xfe\x00&=&%zz=%&a=%00"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"'),
    ("multipart/form-data", b"--x--"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=b"),
    ("\0", b'{"a": "\\ud800"}'),
)
QUERIES = tuple(TEXTS[title] for title in ("NUL", "many digits", "broken UTF-8", "NaN", "year 99999", "beyond bigint"))
RAW = re.compile(
    r"Traceback \(most recent|psycopg|[a-z]Error\b|DoesNotExist|violates \w+ constraint|duplicate key|ErrorDetail\("
    r"|&lt;class |object at 0x|invalid literal for|codec can&#x27;t|Constraint “"
)
"""What programmers read, and visitors must not."""
SENTENCE = re.compile(r'class="[^"]*(?:errorlist|errornote|field--wrong|notice--bad)|<li class="error"|role="alert"')


def encode(data: Values) -> bytes:
    """Return a form as a browser sends it, with bytes among the values as they are."""
    return urlencode(data, doseq=True).encode()


def spoil(form: Form) -> Iterator[tuple[str, Values]]:
    """Yield what is wrong, and data for the form: hostile texts in all fields, wrong choices, missing and repeated fields."""
    plain: Values = form.data
    texts = [one.name for one in form.fields.values() if one.is_text or one.kind == "password"]
    choices = [one.name for one in form.fields.values() if one.name not in texts and one.kind != "file"]
    choices = [name for name in choices if name != "csrfmiddlewaretoken" and not MANAGEMENT.search(name)]
    management: Values = {name: values for name, values in plain.items() if MANAGEMENT.search(name)}
    yield "nothing", {}
    for title, value in TEXTS.items() if texts else ():
        yield f"{title} in every text", {**plain, **{name: [value] for name in texts}}
    for title in CHOICES if choices else ():
        yield f"{title} everywhere", {**management, **{name: [TEXTS[title]] for name in (*texts, *choices)}}
        yield f"{title} as every choice", {**plain, **{name: [TEXTS[title]] for name in choices}}
    if texts:
        for name in choices[:12]:
            yield f"NaN in {name}", {**plain, name: [TEXTS["NaN"]]}
        for name in [name for name in plain if not MANAGEMENT.search(name)][:12]:
            yield f"no {name}", {key: value for key, value in plain.items() if key != name}
        yield (
            "everything twice",
            {**{name: [*values, "9" * 20, "a\0b"] for name, values in form.data.items()}, **management},
        )


def lost_texts(form: Form, data: Values, page: str, *, kinds: tuple[str, ...] = ()) -> list[str]:
    """Return the names of the text fields, or of those of some kinds, whose values are not in the same fields of a page."""
    names = set(form.fields) - {"csrfmiddlewaretoken"}
    shown = [one.fields for one in read_page(page).forms if names & set(one.fields)]
    lost = []
    for name, values in data.items():
        if name not in form.fields or not form.fields[name].is_text or (kinds and form.fields[name].kind not in kinds):
            continue
        typed = _comparable(_decode(values[-1]))
        if typed and not any(typed in map(_comparable, fields[name].values) for fields in shown if name in fields):
            lost.append(name)
    return lost


def _decode(value: str | bytes) -> str:
    return QueryDict(urlencode({"a": value}))["a"]


def _comparable(text: str) -> str:
    """Return text without what browsers change, and without NUL."""
    return re.sub(r"\r\n?", "\n", text).replace("\0", "").replace("\ufffd", "").strip()

"""Reading of rendered pages: all their links and forms, with the kind of each field."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

NOT_TYPED = ("password", "hidden", "file", "checkbox", "radio", "select")
BUTTONS = ("submit", "button", "image", "reset")


@dataclass
class Field:
    """A named control of a form. `values` are what the browser would send for it."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        return self.kind not in NOT_TYPED


@dataclass
class Form:
    """A form of a page. `buttons` are the names, values and addresses of its submit buttons."""

    method: str
    action: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    """Names of the `data-` attributes of the form and of what is in it."""

    @property
    def data(self) -> dict[str, list[str]]:
        return {name: list(one.values) for name, one in self.fields.items() if one.values}


class PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._select: Field | None = None
        self._options: list[str] = []
        self._text: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(values.get("method", "get").lower(), values.get("action", ""))
            self.forms.append(self._form)
            self._by_id[values.get("id", "")] = self._form
        if self._form is not None:
            self._form.marks.update(name for name in values if name.startswith("data-"))
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "option" and self._select is not None:
            self._options.append(values.get("value", ""))
            if "selected" in values:
                self._select.values.append(values.get("value", ""))
        elif tag in ("input", "select", "textarea", "button"):
            self._read_control(tag, values)

    def _read_control(self, tag: str, values: dict[str, str]) -> None:
        form = self._by_id.get(values["form"]) if "form" in values else self._form
        kind = values.get("type", {"input": "text", "button": "submit"}[tag]) if tag in ("input", "button") else tag
        is_pattern = "__prefix__" in values.get("name", "")  # of a formset, in a template that no browser sends
        if form is None or "disabled" in values or is_pattern:
            return
        if kind in BUTTONS:
            form.buttons.append((values.get("name", ""), values.get("value", ""), values.get("formaction", "")))
        elif name := values.get("name"):
            one = form.fields.setdefault(name, Field(name, kind))
            if tag == "select":
                self._select, self._options = one, []
            elif tag == "textarea":
                self._text = one
                one.values.append("")
            elif kind not in ("checkbox", "radio", "file"):
                one.values.append(values.get("value", ""))
            elif "checked" in values:
                one.values.append(values.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select is not None:
            self._select.values += self._options[:1] if not self._select.values else []
            self._select = None
        elif tag == "textarea" and self._text is not None:
            self._text.values[-1] = self._text.values[-1].removeprefix("\r").removeprefix("\n")
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.values[-1] += data


def read_page(text: str) -> PageReader:
    reader = PageReader()
    reader.feed(text)
    return reader

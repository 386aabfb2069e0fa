"""Reading of HTML forms as a browser does: the names and values that a press of the button would send."""

from html.parser import HTMLParser
from typing import Any


class FormReader(HTMLParser):
    """Collects what a browser would send for the form that has a field named `marker`."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self._select = ""
        self._is_multiple = False
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value if value is not None else "" for name, value in attrs}
        name = values.get("name", "")
        if tag == "form":
            self.forms.append({})
        elif tag == "select":
            self._select, self._is_multiple = name, "multiple" in values
        elif tag == "option" and self._select and self.forms:
            chosen = self.forms[-1].setdefault(self._select, [])
            if "selected" in values:
                chosen[:] = [*(chosen if self._is_multiple else []), values.get("value", "")]
            elif not chosen and not self._is_multiple:
                chosen.append(values.get("value", ""))
        elif tag == "textarea" and self.forms:
            self._textarea = name
            self.forms[-1].setdefault(name, []).append("")
        elif tag == "input" and name and self.forms and "disabled" not in values:
            kind = values.get("type", "text")
            if kind in ("submit", "button", "file", "image"):
                return
            if kind not in ("checkbox", "radio") or "checked" in values:
                default = "on" if kind in ("checkbox", "radio") else ""
                self.forms[-1].setdefault(name, []).append(values.get("value", default))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea is not None:
            [*_rest, text] = self.forms[-1][self._textarea]
            self.forms[-1][self._textarea] = [text.removeprefix("\n")]
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.forms[-1][self._textarea][-1] += data


def read_form(html: str, *, field: str = "csrfmiddlewaretoken") -> dict[str, Any]:
    """Return the data of the largest form of a page that has the field, for `client.post`."""
    reader = FormReader()
    reader.feed(html)
    data = max((form for form in reader.forms if field in form), key=len)
    return {name: values[0] if len(values) == 1 else values for name, values in data.items() if values}

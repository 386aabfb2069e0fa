"""Two people in admin save the same new unique value: the second form was validated before the first was saved."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from django.contrib import admin
from django.db import IntegrityError, connection
from django.db.models.signals import pre_save
from django.test import Client

from accounts.editable_admin import EditableAdmin
from catalog.models import Brand
from tests.conftest import client_of, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def another_saves_first(model: type, save: Callable[[], Any]) -> Iterator[None]:
    """Call `save` over a connection of its own between the validation and the saving of the next form for `model`."""
    waiting = [save]

    def run(**_event: Any) -> None:
        if waiting:
            thread = Thread(target=close_after(waiting.pop()))
            thread.start()
            thread.join()

    pre_save.connect(run, sender=model, weak=False)
    try:
        yield
    finally:
        pre_save.disconnect(run, sender=model)


def close_after(call: Callable[[], Any]) -> Callable[[], None]:
    def run() -> None:
        try:
            call()
        finally:
            connection.close()

    return run


def post(client: Client, path: str, **values: str) -> Any:
    page = client.get(path)
    form = page.context["adminform"].form
    rendered = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in rendered.items() if value is not None and value is not False}
    with another_saves_first(Brand, lambda: Brand.objects.bulk_create([Brand(name="Kiln", slug="kiln")])):
        return client.post(path, data | values)


def test_a_taken_value_is_said_at_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(make_staff("merchant@example.com", "catalog"))
    path = "/admin/catalog/brand/add/"
    answer = post(client, path, name="Kiln & Co", slug="kiln")
    assert answer.status_code == 200
    assert "already exists" in str(answer.context["errors"])
    assert "Kiln &amp; Co" in answer.content.decode(), "What was typed is still there."
    assert list(Brand.objects.values_list("name", flat=True)) == ["Kiln"]

    Brand.objects.all().delete()
    monkeypatch.setattr(EditableAdmin, "changeform_view", admin.ModelAdmin.changeform_view)
    with pytest.raises(IntegrityError):
        post(client, path, name="Kiln & Co", slug="kiln")

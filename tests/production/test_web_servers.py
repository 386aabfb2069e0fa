"""nginx accepts the shipped configurations, and does what they say."""

import http.client
import subprocess
import tarfile
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings

from tests.production import staff
from tests.production.deployment import Deployment, wait_until
from tests.production.outside import free_port
from tests.production.web_servers import (
    DEPLOY,
    NGINX,
    NotReplaced,
    nginx_command,
    replace_each,
    site_configuration,
)


def test_text_that_is_gone_from_a_configuration_is_noticed() -> None:
    with pytest.raises(NotReplaced, match="listen 81;"):
        replace_each((DEPLOY / "nginx.conf").read_text(), {"listen 81;": "listen 82;"})


def test_body_limit_of_nginx_exceeds_that_of_uploads() -> None:
    assert "client_max_body_size 600m;" in (DEPLOY / "nginx.conf").read_text()
    assert "client_max_body_size 0;" in (DEPLOY / "tls.conf").read_text()
    assert settings.UPLOAD_MAX_BYTES < 600 << 20


def test_static_files_are_served_compressed_and_for_a_year(deployment: Deployment) -> None:
    name = next(path for path in (deployment.folder / "data" / "static" / "site").glob("base.*.css"))
    status, headers, _body = deployment.shop.fetch(f"/static/site/{name.name}", {"Accept-Encoding": "gzip"})
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert headers.get_all("Cache-Control") == ["max-age=31536000", "public, immutable"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/metrics", "/protected-media/clips/1/poster.jpg", "/media/clips/1/poster.jpg"])
def test_what_is_not_public_cannot_be_fetched(deployment: Deployment, path: str) -> None:
    assert deployment.shop.fetch(path)[0] in (403, 404)


def test_pages_are_sent_with_hsts_of_an_hour(deployment: Deployment) -> None:
    status, headers, _body = deployment.shop.fetch("/")
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=3600"


def test_a_backup_is_written_with_the_programs_of_the_image(deployment: Deployment, tmp_path: Path) -> None:
    archive = tmp_path / "shop.tar"
    environment = {"PATH": f"{deployment.packages}/bin"}  # no program of this machine
    process = deployment.run("web", f"python manage.py backup {archive}", extra=environment)
    assert process.returncode == 0, process.stderr
    with tarfile.open(archive) as opened:
        assert {"manifest.json", "database.dump", "end.json"} <= set(opened.getnames())
    staff.create_superuser(deployment, "another-operator@example.test")  # so the shop has content
    refused = deployment.run("web", f"python manage.py restore {archive}", extra=environment)
    assert refused.returncode == 1
    assert "This shop is not empty" in refused.stderr or "has files of a shop" in refused.stderr


@pytest.mark.parametrize(
    ("path", "language", "kind", "sentence"),
    [
        ("/checkout/", "en", "text/html", "What you sent is too large. Nothing was saved."),
        ("/checkout/", "ar", "text/html", "لم يُحفظ"),
        ("/api/v1/checkout/", "en", "application/json", '{"detail": "What you sent is too large. Nothing was saved."}'),
        ("/studio/upload/", "en", "text/html", "What you sent is too large. Nothing was saved."),
        ("/api/v1/uploads/", "en", "application/json", '{"detail": "What you sent is too large. Nothing was saved."}'),
    ],
)
def test_a_body_that_nginx_refuses_is_answered_in_the_format_of_its_address(
    deployment: Deployment, path: str, language: str, kind: str, sentence: str
) -> None:
    headers = {"Content-Length": str(700 << 20), "Accept-Language": language}
    status, answer, body = deployment.shop.send("POST", path, b"begun", headers)
    assert (status, answer.get_content_type()) == (413, kind)
    assert sentence in unescape(body.decode())


@pytest.mark.parametrize("path", ["/", "/api/v1/feed/", "/studio/upload/", "/api/v1/uploads/"])
def test_a_site_that_is_away_is_answered_for_with_a_sentence(tmp_path: Path, path: str) -> None:
    if NGINX is None:
        pytest.skip("NOT RUN: nginx missing")
    port, nobody = free_port(), f"127.0.0.1:{free_port()}"
    configuration = tmp_path / "nginx.conf"
    upstreams = dict.fromkeys(("web:8000", "web2:8000", "uploads:8001"), nobody)
    configuration.write_text(
        site_configuration(tmp_path, listen=f"127.0.0.1:{port}", upstreams=upstreams, data=tmp_path)
    )
    process = subprocess.Popen(nginx_command(configuration))
    try:
        wait_until(lambda: (tmp_path / "nginx.pid").exists())
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            text = response.read().decode()
    finally:
        process.terminate()
        process.wait()
    assert (response.status, response.headers["Retry-After"]) == (503, "10")
    assert response.headers.get_content_type() == ("application/json" if path.startswith("/api/") else "text/html")
    assert "The shop can't be reached right now. Please try again in a minute." in text
    assert response.headers.get_content_charset() == (None if path.startswith("/api/") else "utf-8")


def test_nginx_adds_no_file_outside_its_folder(deployment: Deployment) -> None:
    assert sorted(path.name for path in Path(deployment.folder / "nginx").iterdir() if path.suffix == ".pid") == [
        "nginx.pid"
    ]

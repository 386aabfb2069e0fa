"""nginx accepts the shipped configurations, and does what they say."""

import tarfile
from pathlib import Path

import pytest
from django.conf import settings

from tests.production.deployment import Deployment
from tests.production.web_servers import DEPLOY, NotReplaced, replace_each


def test_text_that_is_gone_from_a_configuration_is_noticed() -> None:
    with pytest.raises(NotReplaced, match="listen 81;"):
        replace_each((DEPLOY / "nginx.conf").read_text(), {"listen 81;": "listen 82;"})


def test_body_limit_of_the_proxies_exceeds_that_of_uploads() -> None:
    for name in ("nginx.conf", "tls.conf"):
        assert "client_max_body_size 600m;" in (DEPLOY / name).read_text()
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
    refused = deployment.run("web", f"python manage.py restore {archive}", extra=environment)
    assert refused.returncode == 1
    assert "This shop is not empty" in refused.stderr or "has files of a shop" in refused.stderr


def test_nginx_adds_no_file_outside_its_folder(deployment: Deployment) -> None:
    assert sorted(path.name for path in Path(deployment.folder / "nginx").iterdir() if path.suffix == ".pid") == [
        "nginx.pid"
    ]

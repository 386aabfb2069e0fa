"""A deployment on this machine, and a browser that reaches it by its public name."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.production.deployment import PROCESSES, Deployment
from tests.production.image import copy_files
from tests.production.outside import (
    PAYMENT_HOST,
    MailServer,
    PaymentSite,
    Shop,
    free_port,
    running_mail_server,
    running_payment_site,
)
from tests.production.packages import build_packages
from tests.production.web_servers import NGINX, OPENSSL, nginx_command, site_configuration, tls_configuration

HOST = "shop.example.test"
DATABASE, ROLE, PASSWORD = "production", "production_owner", "p@ss/w:rd$1#"
MISSING = [
    package
    for package, program in {
        "nginx": NGINX,
        "openssl": OPENSSL,
        "chromium": CHROMIUM,
        "bubblewrap": shutil.which("bwrap"),
    }.items()
    if program is None
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "production" in item.path.parts and MISSING and "deployment" in getattr(item, "fixturenames", ()):
            reason = f"NOT RUN: {', '.join(MISSING)} missing. Install: apt-get install {' '.join(MISSING)}"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def packages() -> Path:
    """Return the virtual environment of the image."""
    return build_packages()


@pytest.fixture(scope="session")
def image_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of the image."""
    folder = tmp_path_factory.mktemp("image") / "site"
    copy_files(folder)
    return folder


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Create an empty database whose owner is an ordinary role, and yield its address for the tests' own queries."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name, role = sql.Identifier(DATABASE), sql.Identifier(ROLE)
    with psycopg.connect(server.geturl(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(PASSWORD)))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, role))
        yield server._replace(path=f"/{DATABASE}").geturl()
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


@pytest.fixture(scope="session")
def mail() -> Iterator[MailServer]:
    with running_mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def shop() -> Shop:
    return Shop(HOST, free_port())


@dataclass(frozen=True)
class Addresses:
    """The ports of this machine that stand for those of the containers."""

    web: int
    web2: int
    uploads: int
    nginx: int
    plain: int


@pytest.fixture(scope="session")
def payment_site(shop: Shop) -> Iterator[PaymentSite]:
    with running_payment_site(shop, f"whsec_{secrets.token_hex(16)}") as site:
        yield site


@pytest.fixture(scope="session")
def deployment(
    packages: Path,
    image_files: Path,
    database_url: str,
    mail: MailServer,
    shop: Shop,
    payment_site: PaymentSite,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """Deploy the shop as README says, with an empty database. The account of an administrator is not made yet."""
    folder = tmp_path_factory.mktemp("deployment")
    ports = Addresses(*(free_port() for _port in fields(Addresses)))
    with ExitStack() as outside:
        payment_port = int(payment_site.url.rpartition(":")[2])
        running = Deployment(
            folder,
            packages,
            write_env(shop, mail, payment_port, payment_site.webhook_secret),
            shop,
            replacements(folder, database_url),
            {"web": ports.web, "web2": ports.web2, "uploads": ports.uploads},
            image_files,
        )
        outside.callback(running.stop_all)
        running.build()
        migration = running.run("migrate")
        assert migration.returncode == 0, migration.stdout + migration.stderr
        for name in PROCESSES:
            running.start(name)
        start_web_servers(running, ports, payment_port)
        running.wait_until_ready()
        yield running


def write_env(shop: Shop, mail: MailServer, payment_port: int, webhook_secret: str) -> str:
    """Return the operator's .env: the first part of the example filled in, and a payment provider."""
    return f"""
SECRET_KEY={secrets.token_hex(32)}
POSTGRES_PASSWORD='{PASSWORD}'
SITE_URL={shop.url}
SITE_NAME=Inspire
EMAIL_URL=smtp://127.0.0.1:{mail.port}
DEFAULT_FROM_EMAIL='Inspire <shop@example.test>'
PAYMENT_PROVIDER=stripe
STRIPE_SECRET_KEY=sk_test_production
STRIPE_WEBHOOK_SECRET={webhook_secret}
STRIPE_API_BASE=http://127.0.0.1:{payment_port}
CURRENCY=USD
"""


def replacements(folder: Path, database_url: str) -> dict[str, str]:
    """Return what stands here for each address and folder in the compose file."""
    data = folder / "data"
    data.mkdir()
    server, valkey = urlsplit(database_url), urlsplit(os.environ["REDIS_URL"])
    return {
        "feedsite@postgres:5432/feedsite": f"{ROLE}@{server.hostname}:{server.port}/{DATABASE}",
        "valkey:6379/0": f"{valkey.hostname}:{valkey.port}/9",
        "/data": str(data),
        "0.0.0.0": "127.0.0.1",  # noqa: S104  # what is replaced
    }


def start_web_servers(running: Deployment, ports: Addresses, payment_port: int) -> None:
    """Start nginx behind the proxy that terminates TLS."""
    site = site_configuration(
        make_folder(running.folder / "nginx"),
        listen=f"127.0.0.1:{ports.nginx}",
        upstreams={
            "web:8000": f"127.0.0.1:{ports.web}",
            "web2:8000": f"127.0.0.1:{ports.web2}",
            "uploads:8001": f"127.0.0.1:{ports.uploads}",
        },
        data=running.folder / "data",
    )
    tls = tls_configuration(
        make_folder(running.folder / "tls"),
        host=running.shop.host,
        tls_port=running.shop.port,
        plain_port=ports.plain,
        site=f"127.0.0.1:{ports.nginx}",
        payment=f"127.0.0.1:{payment_port}",
    )
    for name, text in (("nginx", site), ("tls", tls)):
        configuration = running.folder / name / "nginx.conf"
        configuration.write_text(text)
        running.start_command(name, nginx_command(configuration))


def make_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def chromium(shop: Shop) -> Iterator[Browser]:
    """Start a browser that resolves the names of the shop and of the payment provider to this machine."""
    rules = ", ".join(f"MAP {host}:443 127.0.0.1:{shop.port}" for host in (shop.host, PAYMENT_HOST))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, f"--host-resolver-rules={rules}", "--ignore-certificate-errors"],
        )
        yield browser
        browser.close()

"""nginx, with the shipped configurations: in front of the web process, and before that where TLS ends."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.production.compose import ROOT
from tests.production.outside import PAYMENT_HOST

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
OPENSSL = shutil.which("openssl")
DEPLOY = ROOT / "docs" / "deploy"
PAYMENT_PROXY = """
server {
  listen %(tls)s ssl;
  server_name %(host)s;
  ssl_certificate %(certificate)s;
  ssl_certificate_key %(key)s;
  location / { proxy_pass http://%(payment)s; proxy_set_header Host $http_host; }
}
"""


class NotReplaced(Exception):
    """A shipped file no longer contains what the test puts its own address for."""


def replace_each(text: str, replacements: dict[str, str]) -> str:
    """Replace every key with its value. Raises NotReplaced if a key does not occur."""
    for old, new in replacements.items():
        if old not in text:
            raise NotReplaced(old)
        text = text.replace(old, new)
    return text


def site_configuration(folder: Path, *, listen: str, upstreams: dict[str, str], data: Path) -> str:
    """Return docs/deploy/nginx.conf with the addresses and folders of this machine.

    `upstreams` maps the address of each web process in compose to the one here.
    """
    text = replace_each(
        (DEPLOY / "nginx.conf").read_text(),
        {
            "listen 80 backlog": f"listen {listen} backlog",
            "alias /data/": f"alias {data}/",
            "root /data;": f"root {data};",
            "include mime.types;": "include /etc/nginx/mime.types;",
            "/var/log/nginx/": f"{folder}/",
            **upstreams,
        },
    )
    return text.replace("http {", f"http {{\n{folders(folder)}", 1)


def tls_configuration(folder: Path, *, host: str, tls_port: int, plain_port: int, site: str, payment: str) -> str:
    """Return docs/deploy/tls.conf within a main configuration, beside a server for the payment provider."""
    certificate, key = make_certificate(folder, [host, PAYMENT_HOST])
    text = replace_each(
        (DEPLOY / "tls.conf").read_text(),
        {
            "listen 80;": f"listen 127.0.0.1:{plain_port};",
            "listen 443 ssl": f"listen 127.0.0.1:{tls_port} ssl",
            "/etc/letsencrypt/live/shop.example.org/fullchain.pem": str(certificate),
            "/etc/letsencrypt/live/shop.example.org/privkey.pem": str(key),
            "shop.example.org": host,
            "127.0.0.1:8080": site,
        },
    )
    values = {"tls": f"127.0.0.1:{tls_port}", "host": PAYMENT_HOST, "certificate": certificate, "key": key}
    servers = text + PAYMENT_PROXY % (values | {"payment": payment})
    log = f"access_log {folder / 'access.log'};"
    return f"worker_rlimit_nofile 16384;\nevents {{ worker_connections 4096; multi_accept on; }}\nhttp {{\n{folders(folder)}{log}\n{servers}\n}}\n"


def folders(folder: Path) -> str:
    """Return the directives that keep nginx's files in `folder`, where an ordinary user may write."""
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "".join(f"{name}_temp_path {folder / name};\n" for name in names)


def make_certificate(folder: Path, names: list[str]) -> tuple[Path, Path]:
    assert OPENSSL is not None
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    alternatives = ",".join(f"DNS:{name}" for name in names)
    request = [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    options = ["-subj", f"/CN={names[0]}", "-addext", f"subjectAltName={alternatives}", "-days", "2"]
    paths = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*request, *options, *paths], check=True, capture_output=True)
    return certificate, key


def nginx_command(configuration: Path, *arguments: str) -> list[str]:
    """Return the command that runs nginx in the foreground with a configuration in its own folder."""
    assert NGINX is not None
    folder = configuration.parent
    # The shipped file names no user; as root nginx would run as one that may not enter the test's folder.
    user = "user root; " if os.geteuid() == 0 else ""
    own = f"{user}daemon off; pid {folder / 'nginx.pid'}; error_log {folder / 'error.log'};"
    return [NGINX, "-p", str(folder), "-c", str(configuration), "-g", own, "-e", str(folder / "error.log"), *arguments]

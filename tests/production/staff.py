"""What staff do in their browser to sell the first product and to pay for the first clip, step by step."""

import os
import pty
import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from tests.production.deployment import Deployment, wait_until
from tests.production.outside import MailServer

OPERATOR, COLLEAGUE, PASSWORD = "operator@example.test", "colleague@example.test", "a long and lonely road"


def create_superuser(deployment: Deployment, email: str = OPERATOR) -> None:
    """Answer the questions of `manage.py createsuperuser` at a terminal."""
    ours, theirs = pty.openpty()
    answers = threading.Thread(target=_answer, args=(ours, [email, PASSWORD, PASSWORD]))
    answers.start()
    command = "python manage.py createsuperuser"
    process = deployment.run_at_terminal("web", command, theirs)
    os.close(theirs)
    answers.join()
    os.close(ours)
    assert process.returncode == 0


def _answer(terminal: int, answers: list[str]) -> None:
    """Type one answer after each question, which ends in a colon and a space."""
    for answer in answers:
        question = b""
        while not question.rstrip(b"\r\n").endswith(b": "):
            question += os.read(terminal, 1024)
        os.write(terminal, answer.encode() + b"\n")
    try:
        while os.read(terminal, 1024):
            pass
    except OSError:
        return  # the command has ended


def sign_in(page: Page, email: str = OPERATOR, confirm: Callable[[], None] = lambda: None) -> None:
    """Sign in for the first time, confirm the address if it must be, and set up the second factor that staff need."""
    page.goto("/admin/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    confirm()
    page.get_by_role("link", name="Use an authenticator app").click()
    page.locator("input[name=password]").fill(PASSWORD)  # allauth asks again before anybody changes factors
    page.get_by_role("button", name="Confirm").click()
    set_up_second_factor(page)
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()


def confirm_address(page: Page, mail: MailServer, email: str) -> None:
    """Enter the code of the message that arrives."""
    page.wait_for_url(re.compile("/confirm-email/"))
    page.locator("input[name=code]").fill(read_mail(mail, email, r"^([A-Z0-9-]{6,12})\s*$"))
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url(lambda url: "/confirm-email/" not in url)


def read_mail(mail: MailServer, email: str, pattern: str) -> str:
    """Wait for a message to an address in which the pattern occurs, and return the pattern's group."""

    def search() -> list[str]:
        bodies = [message.get_body(("plain",)) for message in mail.sent_to(email)]
        return [found for body in bodies if body for found in re.findall(pattern, body.get_content(), re.MULTILINE)]

    wait_until(lambda: bool(search()), explain=lambda: f"{email} got: {mail.sent_to(email)}")
    return search()[-1]


def set_up_second_factor(page: Page) -> None:
    """Enter the code that an authenticator app shows for the secret on the page."""
    page.wait_for_url(re.compile("/totp/activate/"))
    secret = page.locator("input[value]:not([type=hidden]):not([name=code])").first.input_value()
    counter = next(yield_hotp_counters_from_time())
    page.locator("input[name=code]").fill(format_hotp_value(hotp_value(secret, counter)))
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url(lambda url: "/totp/activate" not in url)


def add(page: Page, model: str, values: dict[str, str], *, choices: dict[str, str] | None = None) -> None:
    """Fill in an admin form and save it. `choices` are looked up by typing, such as a product's brand."""
    page.goto(f"/admin/{model}/add/")
    labels = page.locator("#content-main label").all_inner_texts()
    assert [label for label in labels if label[:1].islower()] == []
    for name, word in (choices or {}).items():
        page.locator(f".field-{name} .select2-selection").click()
        page.locator(".select2-search__field").fill(word)
        page.locator(".select2-results__option", has_text=word).first.click()
    for name, value in values.items():
        field = page.locator(f"[name='{name}']").first
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(label=value)
        elif field.get_attribute("type") == "file":
            field.set_input_files(value)
        elif field.get_attribute("type") == "checkbox":
            field.check()
        else:
            field.fill(value)
    save(page)


def save(page: Page) -> None:
    page.locator("input[name=_save]").click()
    problems = page.locator(".errornote, .errorlist, .messagelist .error")
    assert problems.all_inner_texts() == []
    expect(page.locator(".messagelist .success, .messagelist .info").first).to_be_visible()


def invite_colleague(page: Page) -> None:
    """Invite a person who approves terms and reviews clips."""
    page.goto("/admin/accounts/user/add/")
    page.locator("[name=email]").fill(COLLEAGUE)
    for role in ("Finance", "Moderator"):
        page.get_by_label(role).check()
    save(page)


def accept_invitation(page: Page, mail: MailServer) -> None:
    """Follow the link that was emailed, choose a password, and sign in."""
    page.goto(read_mail(mail, COLLEAGUE, r"(https://\S+/password/reset/key/\S+)"))
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill(PASSWORD)
    page.locator("input[name=password2]").press("Enter")
    page.wait_for_url(re.compile("/accounts/login/"))
    sign_in(page, COLLEAGUE)


def add_catalogue(page: Page, picture: Path) -> None:
    """Add a category, a brand, and two products with pictures."""
    add(page, "catalog/category", {"name": "Kitchen", "commission_rate_bps": "4"})
    add(page, "catalog/brand", {"name": "Moss & Clay"})
    for name, price in (("Moss Kettle", "89"), ("Clay Mug", "18.00")):
        add(
            page,
            "catalog/product",
            {"name": name, "price_minor": price, "opening_stock": "500", "new_picture": str(picture)},
            choices={"brand": "Moss", "category": "Kitchen"},
        )


def add_campaign(page: Page) -> None:
    """Propose the reference campaign: $25.00 for each approved clip, at most 500 of a creator and 35,000 in all."""
    add(page, "creators/campaign", {"title": "Slow mornings", "brief": "Show how you use it.", "clips_cap": "35000"})
    terms = {"fee_minor": "25", "currency": "USD – US Dollar", "clips_per_creator": "500"}
    opening = {"opens_at_0": "2026-01-01", "opens_at_1": "00:00:00", "confirms_past_opening": "on"}
    add(page, "creators/terms", terms | opening, choices={"campaign": "Slow"})
    expect(page.get_by_text("A second person must approve it.")).to_be_visible()


def approve_terms(page: Page) -> None:
    """Approve what waits for a second person, having read what it costs."""
    page.goto("/admin/accounts/proposal/")
    page.get_by_role("link", name="Slow mornings").click()
    expect(page.get_by_text("$875,000.00")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved. The change is made.")).to_be_visible()


def approve(page: Page, code: str, caption: str) -> None:
    """Approve a clip at the review desk."""
    page.goto("/admin/videos/clip/desk/")
    page.get_by_role("link", name=caption).first.click()
    page.wait_for_url(re.compile(code))
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(lambda url: code not in url)


def run_checked(process: subprocess.CompletedProcess[str]) -> str:
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout

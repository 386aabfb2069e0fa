"""How creators are paid: tally, batches, transfers, the bank's files, accounts that change in between."""

import csv
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import strategies as st

from accounts.installation import get_installation_id
from payouts.models import Batch, Hold, Payout, Posting
from payouts.outcomes import is_undecided
from shop.providers.stripe_amounts import to_stripe
from tests.html_forms import read_form
from tests.money_machine import books
from tests.money_machine.base import ACCOUNTS, Sequenced, picks, step

BATCHES = "/admin/payouts/batch/"
FORMS = ("{key};{status};{amount}\n", "{key}\t{status}\t{amount}\n", " {key} , {upper} , {amount}\n")
HEADS = ("key;status;amount_minor\n", "key\tstatus\tamount_minor\n", "Key,STATUS,amount_minor\n")


class Paying(Sequenced):
    @step(currency=st.booleans())
    def plan_a_batch(self, currency: bool) -> bool:
        before = Batch.objects.count()
        self.as_finance[0].post(f"{BATCHES}plan/", {"currency": self.currency if currency else "USD"})
        return Batch.objects.count() > before

    @step("batch to approve", which=picks)
    def approve_a_batch(self, which: int) -> bool:
        batch = self.pick(Batch.objects.filter(approved_at=None), which)
        return batch is not None and self.approve(batch)

    @step("planned payout", which=picks)
    def send_a_batch(self, which: int) -> bool:
        batch = self.pick(Batch.objects.filter(payouts__state="planned").distinct(), which)
        return batch is not None and self.send(batch)

    @step("planned payout", which=picks, is_replanned=st.booleans())
    def drop_or_replan(self, which: int, is_replanned: bool) -> bool:
        payout = self.pick(Payout.objects.planned(), which)
        if payout is None:
            return False
        if is_replanned:
            self.as_finance[0].post(f"{BATCHES}{payout.batch_id}/replan/")
        else:
            data = {"payouts": [payout.pk], "reason": "Not yet"}
            self.as_finance[0].post(f"{BATCHES}{payout.batch_id}/drop/", data)
        state: str = Payout.objects.get(pk=payout.pk).state
        return state == "dropped"

    @step(who=picks, which=picks)
    def change_an_account(self, who: int, which: int) -> bool:
        """A creator enters another account, perhaps after a payout to the old one was planned."""
        client = self.as_creators[who % 2]
        self.confirm_password(client)
        numbers = ACCOUNTS[self.bank_name]
        data = {"holder_name": "Another Name", "number": numbers[which % len(numbers)], "country_code": "DE"}
        return client.post("/studio/earnings/account/", data).status_code == 302

    @step("planned payout", which=picks)
    def confirm_a_changed_account(self, which: int) -> bool:
        payout = self.pick(Payout.objects.planned().filter(creator__isnull=False), which)
        if payout is None:
            return False
        version = payout.creator.payout_account.version
        self.confirm_password(self.as_finance[0])
        self.as_finance[0].post(f"/admin/payouts/payout/{payout.pk}/confirm/", {"version": version})
        return bool(Payout.objects.get(pk=payout.pk).account_version != payout.account_version)

    @step("payout on its way", which=picks)
    def decide_on_a_payout(self, which: int) -> bool:
        """A person looks at the bank's own list, and marks what happened."""
        waiting = [payout for payout in self._waiting_payouts() if is_undecided(payout, timezone.now())]
        payout = self.pick(waiting, which)
        return payout is not None and self.decide(payout)

    @step("paid payout", which=picks)
    def return_a_payout(self, which: int) -> bool:
        """What was paid comes back, for example because the account is closed, and finance marks it or proposes to."""
        payout = self.pick(Payout.objects.filter(state="paid"), which)
        if payout is None:
            return False
        self.confirm_password(self.as_finance[2])
        data = {"outcome": "returned", "reason": "Seen on the bank's statement"}
        url = f"/admin/payouts/payout/{payout.pk}/outcome/"
        return self.as_finance[2].post(url, data).status_code == 302

    @step("payout on its way", which=picks, is_refused=st.booleans())
    def give_the_bank_its_file(self, which: int, is_refused: bool) -> bool:
        """The bank pays what is in the file, or refuses its first row."""
        batch = self.pick(self._file_batches(), which)
        return batch is not None and self.take_to_bank(batch, is_refused=is_refused)

    @step("payout on its way", which=picks, form=picks, is_double=st.booleans(), is_mixed=st.booleans())
    def upload_the_banks_answers(self, which: int, form: int, is_double: bool, is_mixed: bool) -> bool:
        batch = self.pick(self._file_batches(), which)
        return batch is not None and self.upload(batch, form=form % 3, is_double=is_double, is_mixed=is_mixed)

    @step("planned payout", which=picks, is_marked=st.booleans())
    def find_a_strange_transfer(self, which: int, is_marked: bool) -> bool:
        """Another installation, or an older version, made a transfer that looks like one of ours."""
        payout = self.pick(Payout.objects.filter(batch__provider="stripe", state__in=("planned", "unknown")), which)
        if payout is None:
            return False
        group = f"{get_installation_id()}-{payout.key}" if is_marked else payout.key
        self.stripe.add(
            "tr",
            "transfer",
            amount=to_stripe(payout.amount_minor, payout.currency),
            amount_reversed=0,
            currency=payout.currency.lower(),
            destination=payout.number,
            transfer_group=group,
            metadata={"key": f"{'f' * 12}-{payout.key}"} if is_marked else {},
        )
        return True

    @step("posting", which=picks)
    def reverse_a_posting(self, which: int) -> bool:
        posting = self.pick(Posting.objects.filter(kind__in=("fee", "commission"), reversed_by=None), which)
        if posting is None:
            return False
        url = f"/admin/payouts/posting/{posting.pk}/reverse/"
        return self.as_finance[0].post(url, {"reason": "A mistake"}).status_code == 302

    @step("hold", which=picks)
    def release_a_hold(self, which: int) -> bool:
        hold = self.pick(Hold.objects.active(), which)
        if hold is None:
            return False
        self.as_finance[1].post(f"/admin/payouts/hold/{hold.pk}/change/", {"release_reason": "Looked into it"})
        return not Hold.objects.active().filter(pk=hold.pk).exists()

    def approve(self, batch: Batch) -> bool:
        client, url = self.as_finance[1], f"{BATCHES}{batch.pk}/approve/"
        self.confirm_password(client)
        form = read_form(client.get(url).content.decode(), field="seen")
        client.post(url, form)
        return Batch.objects.get(pk=batch.pk).approved_at is not None

    def send(self, batch: Batch) -> bool:
        url = f"{BATCHES}{batch.pk}/send/"
        page = self.as_finance[0].get(url)
        if page.status_code != 200:
            return False
        self.as_finance[0].post(url, read_form(page.content.decode(), field="seen"))
        return True

    def decide(self, payout: Payout) -> bool:
        if payout.batch.provider == "csv":
            is_paid = self.bank.done.setdefault(payout.bank_key, None) is not None
        else:
            key = f"{get_installation_id()}-{payout.key}"
            is_paid = any(books.key_of(row) == key for row in self.stripe.all_of("transfer"))
        self.confirm_password(self.as_finance[2])
        data = {"outcome": "paid" if is_paid else "not_sent", "reason": "Seen in the bank's list"}
        self.as_finance[2].post(f"/admin/payouts/payout/{payout.pk}/outcome/", data)
        return not is_undecided(Payout.objects.select_related("batch").get(pk=payout.pk), timezone.now())

    def take_to_bank(self, batch: Batch, *, is_refused: bool = False) -> bool:
        """Make a bank order, and give the bank all that it has not got yet. It does whatever is in them, without a look back."""
        self.as_finance[0].post(f"{BATCHES}{batch.pk}/order/")
        rows = [row for number in self._new_orders(batch) for row in self._download(batch, number)]
        for index, row in enumerate(rows):
            assert row["key"] not in self.bank.done, f"The bank got {row['key']} twice."
            self.bank.done[row["key"]] = None if is_refused and not index else int(row["amount_minor"])
        return bool(rows)

    def _new_orders(self, batch: Batch) -> list[int]:
        """Return the numbers of the batch's orders that the bank has not got, which it gets now."""
        numbers = batch.payouts.filter(bank_order__gt=0).values_list("bank_order", flat=True).distinct()
        new = sorted({(batch.pk, number) for number in numbers} - self.bank.orders)
        self.bank.orders.update(new)
        return [number for _batch, number in new]

    def _download(self, batch: Batch, number: int) -> list[dict[str, str]]:
        page = self.as_finance[0].get(f"{BATCHES}{batch.pk}/order/{number}/file/")
        return list(csv.DictReader(io.StringIO(page.content.decode()))) if page.status_code == 200 else []

    def upload(self, batch: Batch, *, form: int = 0, is_double: bool = False, is_mixed: bool = False) -> bool:
        """Upload what the bank did, twice or with rows of others. What it says is what happens."""
        answered = [payout for payout in batch.payouts.order_by("pk") if payout.bank_key in self.bank.done]
        waiting = [payout for payout in answered if payout.state in ("sending", "unknown")]
        text = HEADS[form]
        for payout in answered:
            status = "failed" if self.bank.done[payout.bank_key] is None else "paid"
            values = {"key": payout.bank_key, "status": status, "upper": status.upper(), "amount": payout.amount_minor}
            text += FORMS[form].format(**values) * (1 + is_double)
        if is_mixed:
            text += FORMS[form].format(key="payout-999999", status="paid", upper="PAID", amount=1)
            for payout in batch.payouts.planned():
                text += FORMS[form].format(key=payout.bank_key, status="paid", upper="PAID", amount=payout.amount_minor)
        file = SimpleUploadedFile("answers.csv", text.encode())
        self.as_finance[0].post(f"{BATCHES}{batch.pk}/results/", {"results": file})
        for payout in waiting:
            paid = self.bank.done[payout.bank_key] is not None
            payout.refresh_from_db()
            assert payout.state in (("paid", "reconciled") if paid else ("failed",)), (payout, payout.state, text)
        return bool(waiting)

    def _file_batches(self) -> Any:
        return Batch.objects.filter(provider="csv", payouts__state__in=("sending", "unknown")).distinct()

    def _waiting_payouts(self) -> list[Payout]:
        waiting = Payout.objects.filter(state__in=("sending", "unknown"))
        return list(waiting.select_related("batch", "creator", "agency").order_by("pk"))

"""What the owner of a merchant and those who watch over it do: another account, a suspension, a look at the statement."""

import csv
import io

from catalog.models import Merchant, MerchantState
from payouts.models import Account, PayoutAccount
from payouts.statements import Month
from tests.money_machine.base import ACCOUNTS, Sequenced, picks, step


class Selling(Sequenced):
    @step(which=picks)
    def change_the_merchants_account(self, which: int) -> bool:
        """The owner enters another account, perhaps after a payout to the old one was planned."""
        self.confirm_password(self.as_owner)
        numbers = ACCOUNTS[self.bank_name]
        data = {"holder_name": "Oak Goods", "number": numbers[which % len(numbers)], "country_code": "DE"}
        before = PayoutAccount.objects.get(merchant=self.world.merchant).version
        assert self.as_owner.post("/merchant/earnings/account/", data).status_code == 302
        return PayoutAccount.objects.get(merchant=self.world.merchant).version > before

    @step()
    def suspend_or_restore_the_merchant(self) -> bool:
        """A suspended merchant's pay waits, wherever its payouts are."""
        merchant = Merchant.objects.get(pk=self.world.merchant.pk)
        is_suspended = merchant.state == MerchantState.SUSPENDED
        new = MerchantState.APPROVED if is_suspended else MerchantState.SUSPENDED
        return Merchant.objects.filter(pk=merchant.pk).update(state=new) == 1

    def check_merchant_statement(self, months: list[Month]) -> None:
        """The files of all months together are the merchant's balance, and each line's parts are its net amount."""
        totals: dict[str, int] = {}
        for month in months:
            page = self.as_owner.get(f"/merchant/earnings/{month}.csv")
            for row in csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))):
                amounts = {name: int(row[name].replace(".", "")) for name in ("sale", "discount", "fee", "commission")}
                net_minor = int(row["net"].replace(".", ""))
                assert sum(amounts.values()) == net_minor or row["kind"].startswith("payout"), row
                totals[row["currency"]] = totals.get(row["currency"], 0) + net_minor
        for account in Account.objects.filter(merchant=self.world.merchant):
            owed = sum(account.entries.values_list("amount_minor", flat=True))
            assert totals.get(account.currency, 0) == owed, (account, totals)

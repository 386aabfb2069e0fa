"""The money machine: random sequences of what shoppers, creators, staff, the payment provider, the bank and time do.

After each step and each sequence, our books must equal those of the provider and of the bank. Run it with
`python -m tests.money_machine`. To add a kind of step, write a method with `@step(…)` in the mixin of whoever does it;
it returns whether it did anything, so that the report shows steps that never happen.
"""

"""Webhooks: what changed in the shop, sent to addresses of merchants and of the house. See docs/webhooks.md.

Triggers write an event in the transaction of the change, `fan_out` makes a delivery of it for each endpoint that asked
for it, and `dispatch` sends deliveries, in order for each subject.
"""

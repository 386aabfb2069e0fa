"""From a paid order to the shopper's hands: packing, parcels and their tracking, and the periods that begin with delivery.

An order whose parcels are recorded knows since when it waits to be packed. Its return period, after which commissions are
payable, begins when its last parcel is delivered. See docs/decisions/0019-delivery.md.
"""

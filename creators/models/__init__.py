"""Creators, campaigns and slots."""

from creators.models.campaign import Campaign, ClipKind, Enrolment, Terms
from creators.models.creator import Creator
from creators.models.slot import Slot, SlotReason, SlotState

__all__ = ["Campaign", "ClipKind", "Creator", "Enrolment", "Slot", "SlotReason", "SlotState", "Terms"]

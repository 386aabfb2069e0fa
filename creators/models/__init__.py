"""Creators, agencies, campaigns, terms, commission rules, enrolments, invitations, samples, slots and waitlists."""

from creators.models.agency import Agency, Representation
from creators.models.campaign import Campaign, ClipKind, Enrolment, Terms
from creators.models.commission_rule import SUBJECT_COLUMNS, CommissionRule, RuleScope
from creators.models.creator import Creator, FormerHandle, RetiredHandle
from creators.models.invitation import Invitation, InvitationState
from creators.models.sample import FILMABLE, RECEIVED_SAMPLES, Sample, SampleState
from creators.models.slot import Slot, SlotReason, SlotState
from creators.models.suspension import Suspension
from creators.models.suspension_link import LinkSign, SuspensionLink
from creators.models.waitlist import WaitlistEntry, WaitlistState

__all__ = [
    "FILMABLE",
    "RECEIVED_SAMPLES",
    "SUBJECT_COLUMNS",
    "Agency",
    "Campaign",
    "ClipKind",
    "CommissionRule",
    "Creator",
    "Enrolment",
    "FormerHandle",
    "Invitation",
    "InvitationState",
    "LinkSign",
    "Representation",
    "RetiredHandle",
    "RuleScope",
    "Sample",
    "SampleState",
    "Slot",
    "SlotReason",
    "SlotState",
    "Suspension",
    "SuspensionLink",
    "Terms",
    "WaitlistEntry",
    "WaitlistState",
]

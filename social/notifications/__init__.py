"""Notifications on site, by email and by web push: who is told what, their list, preferences, letters and pushes."""

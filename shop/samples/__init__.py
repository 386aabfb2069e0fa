"""Samples for creators: requests, answers, their orders of zero, and the dates by which clips are due."""

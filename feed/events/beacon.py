"""Read JSON that a beacon sends as plain text: the only type that needs no preflight."""

from rest_framework.parsers import JSONParser


class BeaconParser(JSONParser):
    media_type = "text/plain"

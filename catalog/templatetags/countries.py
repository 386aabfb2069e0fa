"""Tag for the name of a country in the active language: `{% load countries %}`, then `{% country_name "US" %}`."""

from django import template

from catalog.countries import country_name

register = template.Library()
register.simple_tag(country_name)

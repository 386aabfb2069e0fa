"""Country options for a select: `{% load countries %}`, then `<select>{% country_options "US" %}</select>`."""

from django import template

from catalog.countries import country_options

register = template.Library()
register.simple_tag(country_options)

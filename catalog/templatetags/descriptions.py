"""Template filter: `{{ product.description|render_description }}` shows plain text or cleaned HTML."""

from django import template

from catalog.descriptions import render_description

register = template.Library()
register.filter("render_description", render_description)

"""Template filter: `{{ names|join_list }}` writes a list as people do in the active language."""

from django import template

from accounts.lists import join_list

register = template.Library()
register.filter(join_list)

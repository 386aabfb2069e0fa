"""How forms look: every field with its label, hint and errors, the same on all pages."""

from django.forms.renderers import TemplatesSetting


class PageFormRenderer(TemplatesSetting):
    form_template_name = "site/form.html"
    field_template_name = "site/field.html"

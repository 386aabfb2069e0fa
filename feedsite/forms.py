"""The rendering of forms: every field with its label, help text and errors."""

from django.forms.renderers import TemplatesSetting


class PageFormRenderer(TemplatesSetting):
    """The renderer of all forms of the site, with the templates in templates/site/."""

    form_template_name = "site/form.html"
    field_template_name = "site/field.html"

"""Form rendering: each field is shown with its label, help text and errors."""

from django.forms.renderers import TemplatesSetting


class PageFormRenderer(TemplatesSetting):
    """A form renderer that uses the templates in templates/site/."""

    form_template_name = "site/form.html"
    field_template_name = "site/field.html"

"""How Django's forms are drawn here."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """`{{ form }}` and `{{ form.name.as_field_group }}` come out in our look, errors beside the field."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
    formset_template_name = "components/formset.html"

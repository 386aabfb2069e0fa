"""Forms for the bag and the address."""

from django import forms

from catalog.stock import MAX_QUANTITY


class BagAddForm(forms.Form):
    product = forms.SlugField()
    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY, initial=1)
    seen = forms.CharField(required=False, max_length=400)

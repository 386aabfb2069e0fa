"""The formats of catalogues: which columns or elements each has, and what they mean in common terms."""

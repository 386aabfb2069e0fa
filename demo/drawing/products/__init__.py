"""Product drawings, one module per department."""

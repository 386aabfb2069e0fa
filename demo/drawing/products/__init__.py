"""Drawings of products, one module per department."""

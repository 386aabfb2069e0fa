"""Imports of catalogue files: Shopify CSV, products.json, WooCommerce CSV, Google's feeds, and our own CSV.

Reading is pure:
`surveyed_file.py` tells the story: `source_file` and `encodings` open the bytes; `delimited`, `xml_items` and `json_items` read
records; `formats` bring them into the common form of `source_rows`; `survey` learns what rows say together; `products` and
`variants` check them with `values`. The results are in `results`, and all sentences in `remarks`.

Running writes to the shop: `runs` has the life of an import, which takes the `chunks` of a file's results by `chunk_import`:
`matches`, `plans` with `offers` and `merged_values`, then `chunk_writer`. `missing_items`, `categories` and `sale_prices` do what follows.
"""

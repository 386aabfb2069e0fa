"""Reading of catalogue files: Shopify CSV, products.json, WooCommerce CSV, Google's feeds, and our own CSV.

`surveyed_file.py` tells the story: `source_file` and `encodings` open the bytes; `delimited`, `xml_items` and `json_items` read
records; `formats` bring them into the common form of `source_rows`; `survey` learns what rows say together; `products` and
`variants` check them with `values`. The results are in `results`, and all sentences in `remarks`.
"""

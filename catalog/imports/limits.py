"""Limits of catalogue files. They hold while a file is read, and the sentence of a refusal names the limit."""

MAX_FILE_BYTES = 512 * 1024**2
"""Of the file as sent, and again of what a compressed file unpacks to."""
MAX_UNPACKED_RATIO = 500
"""How many times its size a compressed file may unpack to. Text of real catalogues shrinks to a tenth or a fiftieth."""
RATIO_COUNTS_FROM_BYTES = 4 * 1024**2
"""Small files of repeated text may have any ratio."""
MAX_ROWS = 500_000
MAX_COLUMNS = 1_000
MAX_ROW_CHARS = 2_000_000
MAX_CELL_CHARS = 131_072
"""What Python's csv module accepts as it is."""
MAX_XML_DEPTH = 50
MAX_PROLOG_BYTES = 64 * 1024
"""Of an XML file, what stands before its first item."""

MAX_TITLE_CHARS = 500
MAX_NAME_CHARS = 255
"""Of brands, option names and option values."""
MAX_SKU_CHARS = 100
MAX_PICTURES = 50
"""Of one product."""
MAX_INTEGER = 2_147_483_647
"""What an integer column of the database holds."""

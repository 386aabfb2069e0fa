"""From the texts of a catalogue file to values: numbers, prices, barcodes, weights, text, markup, addresses, dates."""

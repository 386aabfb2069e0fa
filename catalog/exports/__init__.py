"""The shop's products for other programs: our own CSV, and Google's product data as RSS and TSV."""

"""Date and number formats for languages in which Django's formats are incomplete or differ from Babel's.

Babel formats amounts of money, and other numbers on a page must look the same.
"""

"""Sources with an address: fetched on a schedule, checked, and started if nothing about them asks for a person."""

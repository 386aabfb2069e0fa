"""Digital goods: files that buyers download by a link, instead of getting a parcel."""

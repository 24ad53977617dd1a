"""A small shop: an orders API, a payment worker and a warehouse worker."""

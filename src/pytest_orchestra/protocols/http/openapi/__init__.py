"""OpenAPI 3.0 and 3.1 descriptions: read, looked up, and compiled to checks when first needed."""

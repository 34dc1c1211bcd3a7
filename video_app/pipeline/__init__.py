"""The functional core: it turns a source into segments and knows no Django."""

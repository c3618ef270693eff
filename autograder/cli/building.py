"""The commands `build` and `schema`."""

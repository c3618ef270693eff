"""Carries out orders in a separate jail that contains no student code and receives only plain data."""

"""Carries out orders in a jail of its own, where no student's code is: only plain data reaches it."""

"""Wraps Keras's methods in a notebook: orders calls and applies the answers, or reports calls that the notebook makes.

Imported only once the notebook itself has imported Keras.
"""

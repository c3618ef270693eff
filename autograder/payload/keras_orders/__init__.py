"""What happens around Keras's methods in a notebook: calls are ordered, answers put in place, the rest is claimed.

Imported only once the notebook itself has imported Keras.
"""

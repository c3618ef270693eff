"""What happens around `keras.Model.fit`, `evaluate` and `predict`: journal them, record them, replay them.

Imported only once the notebook itself has imported Keras.
"""

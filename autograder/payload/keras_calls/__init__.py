"""Says in plain data what a call of `fit`, `evaluate` or `predict` computes, and what came of it.

Shared by the notebook's process, which orders such calls, and the trainer's, which carries them out. Importing it
imports Keras.
"""

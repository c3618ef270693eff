"""Describes as plain data what a call of `fit`, `evaluate` or `predict` computes, and its result.

Shared by the notebook's process, which orders such calls, and the trainer's, which executes them. Importing it imports
Keras.
"""

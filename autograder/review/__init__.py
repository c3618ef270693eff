"""A local web page over a gradebook: what waits for a person, and every decision that the commands can make.

The page reads the gradebook and calls the functions that the commands call; it keeps nothing of its own. It is for one
machine: it listens on the loopback alone, and answers only to browsers that were given its token.
"""

from autograder.review.review_server import ReviewServer

__all__ = ["ReviewServer"]

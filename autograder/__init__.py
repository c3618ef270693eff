"""Grade notebooks on CNN architectures and training, with marks that can be defended."""

__version__ = "0.1.0"

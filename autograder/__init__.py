"""Grade notebooks on CNN architectures and training, and be able to defend every mark."""

__version__ = "0.1.0"

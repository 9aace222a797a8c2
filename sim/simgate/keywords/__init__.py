"""The Robot Framework library: ``Library    simgate.keywords``.

Renode's UART keywords under their names, arguments and semantics, and Simgate's own for building
firmware, starting machines, sending sound and holding results against references and budgets.
"""

from simgate.keywords.library import SimgateKeywords

# Robot Framework looks for a class with the name of the module that was imported.
keywords = SimgateKeywords

__all__ = ["SimgateKeywords"]

"""Where the pictures and checkpoints that ship with the project lie. The only module that knows its own place.

A wheel carries them inside the package; a checkout keeps them at its top, where a Space's front matter names them.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent  # the checkout, or the folder that the wheel was installed into
SHIPPED = PACKAGE if (PACKAGE / "weights").is_dir() else ROOT
EXAMPLES = SHIPPED / "examples"
WEIGHTS = SHIPPED / "weights"
EMBEDDED = WEIGHTS / "compact"
VGG19 = WEIGHTS / "vgg19"
METHODS = WEIGHTS / "methods"
CATALOG = WEIGHTS / "catalog.json"

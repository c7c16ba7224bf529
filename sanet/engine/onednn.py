"""How many prepared operations torch's libraries keep on a CPU. Knows no network and no picture."""

import os
from collections.abc import MutableMapping

# Both libraries keep 1024 by default, of which one of a matrix product takes half a megabyte, so that a server's memory
# grew for as long as pictures had new sizes. One picture of 512 pixels needs about 60, with four styles 120.
KEPT = {
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "256",
    # ideep's, between torch and oneDNN, is one for each thread and saves nothing that oneDNN's does not save.
    "LRU_CACHE_CAPACITY": "1",
}


def keep_fewer_primitives(environment: MutableMapping[str, str] = os.environ) -> None:
    """Before the process's first convolution or product, which reads the variables; what is set already stays."""
    for name, count in KEPT.items():
        environment.setdefault(name, count)

"""`python -m sanet`."""

import sys

from sanet.cli.main import main

sys.exit(main())

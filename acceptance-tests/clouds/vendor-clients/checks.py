"""What the checks of all clients need."""

import logging
import os

# The clients log what they are refused, which is meant here.
logging.disable(logging.CRITICAL)


def simulated(name):
    """What the simulated services said about themselves."""
    return os.environ[f"SIMULATED_{name}"]


def passed(text):
    print(f"    ok: {text}", flush=True)


def refused(call, kind, *fragments):
    """The call has to fail, with all of this in its error."""
    try:
        answer = call()
    except kind as error:
        for fragment in fragments:
            assert fragment in str(error), f"{fragment!r} is not in: {error}"
        return
    raise AssertionError(f"not refused: {answer}")

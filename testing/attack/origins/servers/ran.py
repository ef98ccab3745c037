"""How a guarded handler says that it ran (see ../python/ran.py), for what starts anew with each
request."""

import os


def ran(request_id, handler):
    with open(os.environ["ATTACK_RAN"], "ab", buffering=0) as file:
        file.write(f"{request_id or '-'} {handler}\n".encode("latin-1", "replace"))

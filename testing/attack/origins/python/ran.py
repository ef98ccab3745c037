"""How a guarded handler says that it ran: a line with the request's own id, in a file that only
this run knows. It is written before anything else is done, so no answer can come before it."""

import os

_FILE = os.open(os.environ["ATTACK_RAN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def ran(request_id, handler):
    os.write(_FILE, f"{request_id or '-'} {handler}\n".encode("latin-1", "replace"))

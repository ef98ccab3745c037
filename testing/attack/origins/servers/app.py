"""What stands behind the servers of this folder. It compares the path with its own, byte for byte, so
that whatever else runs a handler is the server's doing."""

import re

from ran import ran

GUARDED = re.compile(
    r"(/v1)?(/internal(/.*)?|/balance/[^/]+)|/api/dashboard/latest-runs|/tasks/kiosk-1_a|/account",
    re.DOTALL,
)


def answer(request_id, paths):
    """The body for a request with its path in each way of reading it."""
    if not any(GUARDED.fullmatch(path) for path in paths):
        return b"public"
    ran(request_id, "path")
    return b"guarded"


def answer_cgi(variables):
    """The body for a request by its variables, as CGI names them."""
    request_id = variables.get("HTTP_X_ATTACK")
    if variables.get("HTTP_X_CALLER"):
        # Nobody is called anything but by the gate, which lets nobody in here: a client named itself,
        # by a header that the server folded into this variable.
        ran(request_id, "identity")
        return b"guarded"
    path = variables.get("SCRIPT_NAME", "") + variables.get("PATH_INFO", "")
    return answer(request_id, [path])

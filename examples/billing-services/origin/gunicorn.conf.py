"""How gunicorn runs the example."""

# One worker, so that the accounts, the files and the witness live in one memory.
workers = 1
worker_class = "sync"

# No control socket in the home directory of whoever runs the example.
control_socket_disable = True

# What gunicorn did before version 22, and what many deployments still run with: `X_User_ID` and
# `X-User-ID` become the same WSGI variable. The gate has to hold in front of such an origin too.
header_map = "dangerous"

# `SCRIPT_NAME` from a loopback peer is believed by default (`forwarder_headers`,
# `forwarded_allow_ips`): nothing is switched off here that would help the gate.


def pre_request(worker, req):
    """Hands the header list to the witness as it came, before WSGI folds the names."""
    import entries

    entries.arriving(req.headers)

"""How gunicorn runs the applications: as by default, but with connections kept open."""

workers = 1
worker_class = "gthread"
threads = 4
keepalive = 60
# No control socket in the home directory of whoever runs the attack.
control_socket_disable = True
# What gunicorn did before version 22: `X_Y` and `X-Y` become the same WSGI variable. Nothing here
# helps the gate: `SCRIPT_NAME` from loopback is believed, which is the default.
header_map = "dangerous"

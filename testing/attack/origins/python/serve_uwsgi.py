"""uWSGI with its own HTTP: python serve_uwsgi.py <module:application> <port>"""

import os
import sys

program = os.path.join(sys.prefix, "bin", "uwsgi")
os.execv(program, [
    program, "--http-socket", f"127.0.0.1:{sys.argv[2]}", "--wsgi", sys.argv[1], "--master",
    "--threads", "4", "--die-on-term", "--disable-logging", "--buffer-size", "16384",
])

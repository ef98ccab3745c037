"""Apache with mod_wsgi: python serve_mod_wsgi.py <module> <port>"""

import os
import shutil
import sys

program = os.path.join(sys.prefix, "bin", "mod_wsgi-express")
run = os.path.dirname(os.environ["ATTACK_RAN"])
command = [
    program, "start-server", sys.argv[1], "--application-type", "module",
    "--callable-object", "application", "--working-directory", os.getcwd(),
    "--host", "127.0.0.1", "--port", sys.argv[2], "--server-root", os.path.join(run, "apache"),
    "--processes", "1", "--threads", "8", "--keep-alive", "60", "--locale", "C.UTF-8",
]
# Apache refuses to answer as root, and another user can't read root's folders: so it is told that it
# is somebody else, in a namespace of its own.
if os.getuid() == 0:
    command = [shutil.which("unshare") or "unshare", "--user", "--map-user=33", "--map-group=33", *command]
os.execv(command[0], command)

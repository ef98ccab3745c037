"""gevent's WSGI server: python serve_gevent.py <module:application> <port>"""

import sys
from importlib import import_module

from gevent.pywsgi import WSGIServer

module, name = sys.argv[1].split(":")
application = getattr(import_module(module), name)
WSGIServer(("127.0.0.1", int(sys.argv[2])), application, log=None, error_log=None).serve_forever()

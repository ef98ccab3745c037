"""CherryPy on Cheroot, which is its own server: python cherrypy_own.py <port>"""

import sys

from cheroot.wsgi import Server

from wsgi_apps import cherrypy

Server(("127.0.0.1", int(sys.argv[1])), cherrypy()).start()

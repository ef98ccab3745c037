"""Starts a server in the foreground, with the app behind it: python3 serve.py <how> <port>

Its configuration is made here, and its files lie in the run's own folder."""

import os
import shutil
import socket
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
RUN = os.path.dirname(os.environ["ATTACK_RAN"])

NGINX = """
daemon off;
worker_processes 1;
pid {run}/nginx.pid;
error_log {run}/nginx-error.log crit;
{user}
events {{ worker_connections 512; }}
http {{
  access_log off;
  keepalive_requests 100000;
  proxy_read_timeout 2s;
  client_body_temp_path {run}/body;
  proxy_temp_path {run}/proxy;
  fastcgi_temp_path {run}/fastcgi;
  uwsgi_temp_path {run}/uwsgi;
  scgi_temp_path {run}/scgi;
  scgi_read_timeout 2s;
  server {{
    listen 127.0.0.1:{port};
    {server}
  }}
}}
"""

# Without a URI, nginx sends what it got. With one, what it made of it: decoded, merged, without dots,
# and escaped anew.
NGINX_FORMS = {
    "nginx": "location / {{ proxy_pass http://127.0.0.1:{behind}; }}",
    "nginx-uri": "location / {{ proxy_pass http://127.0.0.1:{behind}/; }}",
    "nginx-unmerged": "merge_slashes off;\n"
    "    location / {{ proxy_pass http://127.0.0.1:{behind}/; }}",
    # The variable holds the decoded path: an often copied form.
    "nginx-variable": "location / {{ proxy_pass http://127.0.0.1:{behind}$uri$is_args$args; }}",
    "nginx-rewrite": "rewrite ^/front/(.*)$ /$1 break;\n"
    "    location / {{ proxy_pass http://127.0.0.1:{behind}; }}",
    "nginx-scgi": "location / {{ include {etc}/scgi_params;\n"
    "      scgi_param PATH_INFO $document_uri; scgi_pass 127.0.0.1:{behind}; }}\n"
    "    underscores_in_headers on; ignore_invalid_headers off;",
}

LIGHTTPD = """
server.document-root = "{run}"
server.port = {port}
server.bind = "127.0.0.1"
server.errorlog = "/dev/null"
server.max-keep-alive-requests = 100000
server.modules = ( "mod_scgi", "mod_cgi", "mod_alias" )
{server}
"""

LIGHTTPD_FORMS = {
    "lighttpd-scgi": 'scgi.server = ( "/" => (( "host" => "127.0.0.1", "port" => {behind},'
    ' "check-local" => "disable", "fix-root-scriptname" => "enable" )) )',
    # As before 1.4.50 by default, and as some still say.
    "lighttpd-raw": "server.http-parseopts = ( "
    '"header-strict" => "disable", "host-strict" => "disable", "url-normalize" => "disable" )\n'
    'scgi.server = ( "/" => (( "host" => "127.0.0.1", "port" => {behind},'
    ' "check-local" => "disable", "fix-root-scriptname" => "enable" )) )',
}

APACHE = """
ServerRoot "{run}"
ServerName app.example
Listen 127.0.0.1:{port}
PidFile "{run}/apache.pid"
ErrorLog "{run}/apache-error.log"
LogLevel crit
Mutex file:{run}
DefaultRuntimeDir "{run}"
KeepAlive On
MaxKeepAliveRequests 0
{modules}
{user}
{server}
"""

APACHE_FORMS = {
    "apache": 'ProxyPass "/" "http://127.0.0.1:{behind}/" retry=0',
    "apache-nocanon": 'AllowEncodedSlashes NoDecode\nProxyPass "/" "http://127.0.0.1:{behind}/" nocanon retry=0',
    "apache-decode": "AllowEncodedSlashes On\nMergeSlashes Off\n"
    'ProxyPass "/" "http://127.0.0.1:{behind}/" retry=0',
    "apache-rewrite": "AllowEncodedSlashes NoDecode\nRewriteEngine On\n"
    'RewriteRule "^/(.*)$" "http://127.0.0.1:{behind}/$1" [P]',
}


def free():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def answers(port):
    """Waits until there is somebody at `port`: a proxy remembers who wasn't there."""
    for _ in range(200):
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def write(name, text):
    path = os.path.join(RUN, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def configured(how, port, behind):
    """The command for a form, and what stands behind it."""
    root = os.getuid() == 0
    if how in NGINX_FORMS:
        server = NGINX_FORMS[how].format(behind=behind, etc="/etc/nginx")
        user = "user root;" if root else ""
        path = write("nginx.conf", NGINX.format(run=RUN, port=port, server=server, user=user))
        return ["nginx", "-p", RUN, "-c", path], "scgi" if "scgi" in how else "http"
    if how in LIGHTTPD_FORMS:
        server = LIGHTTPD_FORMS[how].format(behind=behind)
        path = write("lighttpd.conf", LIGHTTPD.format(run=RUN, port=port, server=server))
        return ["lighttpd", "-D", "-f", path], "scgi"
    names = ["mpm_event", "authz_core", "proxy", "proxy_http", "rewrite"]
    lines = [
        f'LoadModule {name}_module "/usr/lib/apache2/modules/mod_{name}.so"' for name in names
    ]
    # Apache refuses to answer as root; what stands behind it writes the file.
    user = "User daemon\nGroup daemon" if root else ""
    server = APACHE_FORMS[how].format(behind=behind)
    text = APACHE.format(run=RUN, port=port, modules="\n".join(lines), user=user, server=server)
    return ["apache2", "-D", "FOREGROUND", "-f", write("apache.conf", text)], "http"


def main():
    how, port = sys.argv[1], int(sys.argv[2])
    behind = free()
    command, kind = configured(how, port, behind)
    # In a process of its own, in the same group: whoever started it ends all of it.
    if os.fork() == 0:
        sys.path.insert(0, HERE)
        module = __import__({"scgi": "scgi", "http": "http_app"}[kind])
        module.serve(behind)
    answers(behind)
    path = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    program = shutil.which(command[0], path=path) or command[0]
    os.execv(program, command)


main()

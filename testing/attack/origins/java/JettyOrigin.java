import java.io.IOException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;

/** Jetty with servlets: java JettyOrigin port. */
public final class JettyOrigin {
    public static void main(String[] arguments) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        for (String[] servlet : Ran.SERVLETS) {
            String name = servlet[1];
            context.addServlet(new ServletHolder(new HttpServlet() {
                @Override
                protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                    boolean guarded = Ran.guards(name, request.getPathInfo());
                    if (guarded) {
                        Ran.ran(request.getHeader("x-attack"), name);
                    }
                    response.getWriter().print(guarded ? "guarded" : "public");
                }
            }), servlet[0]);
        }
        server.setHandler(context);
        server.start();
        server.join();
    }
}

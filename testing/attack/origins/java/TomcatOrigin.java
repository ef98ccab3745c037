import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** Tomcat with servlets: java TomcatOrigin port. */
public final class TomcatOrigin {
    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.OFF);
        File base = Files.createTempDirectory("tomcat").toFile();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.getPath());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(Integer.parseInt(arguments[0]));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
        // Its default refuses an encoded slash; many an application needs one.
        tomcat.getConnector().setEncodedSolidusHandling(arguments.length > 1 ? arguments[1] : "reject");
        Context context = tomcat.addContext("", base.getPath());
        for (String[] servlet : Ran.SERVLETS) {
            String name = servlet[1];
            Tomcat.addServlet(context, servlet[0], new HttpServlet() {
                @Override
                protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                    boolean guarded = Ran.guards(name, request.getPathInfo());
                    if (guarded) {
                        Ran.ran(request.getHeader("x-attack"), name);
                    }
                    response.getWriter().print(guarded ? "guarded" : "public");
                }
            });
            context.addServletMappingDecoded(servlet[0], servlet[0]);
        }
        tomcat.start();
        tomcat.getServer().await();
    }
}

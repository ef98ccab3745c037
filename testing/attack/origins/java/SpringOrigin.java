import javax.servlet.http.HttpServletRequest;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Spring MVC on Jetty: java SpringOrigin port. */
public final class SpringOrigin {
    public static void main(String[] arguments) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        server.addConnector(connector);
        // What `@EnableWebMvc` sets up, by hand: Spring 4 can't make its proxies on a newer Java.
        StaticWebApplicationContext spring = new StaticWebApplicationContext();
        spring.registerSingleton("mapping", RequestMappingHandlerMapping.class);
        spring.registerSingleton("adapter", RequestMappingHandlerAdapter.class);
        spring.registerSingleton("routes", Routes.class);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new DispatcherServlet(spring)), "/");
        server.setHandler(context);
        server.start();
        server.join();
    }

    @Controller
    @ResponseBody
    public static class Routes {
        @RequestMapping("/internal/secret")
        public String secret(HttpServletRequest request) {
            return guarded(request, "secret");
        }

        @RequestMapping("/internal/run")
        public String run(HttpServletRequest request) {
            return guarded(request, "run");
        }

        @RequestMapping("/internal/jobs/{id}/status")
        public String job(HttpServletRequest request) {
            return guarded(request, "job");
        }

        @RequestMapping("/internal/files/**")
        public String files(HttpServletRequest request) {
            return guarded(request, "files");
        }

        @RequestMapping("/api/dashboard/latest-runs")
        public String latestRuns(HttpServletRequest request) {
            return guarded(request, "latest-runs");
        }

        @RequestMapping("/balance/admin")
        public String balanceAdmin(HttpServletRequest request) {
            return guarded(request, "balance-admin");
        }

        @RequestMapping("/balance/{id}")
        public String balance(HttpServletRequest request) {
            return guarded(request, "balance");
        }

        @RequestMapping("/account")
        public String account(HttpServletRequest request) {
            return guarded(request, "account");
        }

        @RequestMapping("/tasks/{id}")
        public String tasks(HttpServletRequest request) {
            return guarded(request, "tasks");
        }

        @RequestMapping({"/", "/pub", "/items/{id}", "/objects/**"})
        public String open() {
            return "public";
        }

        private static String guarded(HttpServletRequest request, String name) {
            Ran.ran(request.getHeader("x-attack"), name);
            return "guarded";
        }
    }
}

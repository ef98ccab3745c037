import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;

/**
 * How a guarded handler says that it ran: a line with the request's own id, in a file that only this
 * run knows. It is written before anything else is done, so no answer can come before it.
 */
final class Ran {
    static void ran(String id, String handler) {
        byte[] line = ((id == null ? "-" : id) + " " + handler + "\n").getBytes(StandardCharsets.ISO_8859_1);
        try {
            Files.write(Paths.get(System.getenv("ATTACK_RAN")), line, StandardOpenOption.APPEND, StandardOpenOption.CREATE);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** Patterns of servlets, and the handler's name; empty where it is public. */
    static final String[][] SERVLETS = {
        {"/internal/secret", "secret"},
        {"/internal/run", "run"},
        {"/internal/jobs/7/status", "job"},
        {"/internal/files/*", "files"},
        {"/api/dashboard/latest-runs", "latest-runs"},
        {"/balance/admin", "balance-admin"},
        {"/balance/*", "balance"},
        {"/account", "account"},
        {"/tasks/*", "tasks"},
        {"/pub", ""},
        {"/items/*", ""},
        {"/objects/*", ""},
    };

    /** A servlet's prefix takes what is below at any depth, and its own path; a balance is one segment below. */
    static boolean guards(String name, String below) {
        boolean one = below != null && below.length() > 1 && below.indexOf('/', 1) < 0;
        return name.equals("balance") ? one : !name.isEmpty();
    }

    private Ran() {}
}

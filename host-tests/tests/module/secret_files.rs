//! Secrets in files: a new one is in force within a second or two, without a restart, and nothing is
//! lost on the way.

use std::path::Path;
use std::time::Duration;

use wicketgate_host_tests::envoy::{Gate, Setup};
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_runtime::wait::wait_until;

use crate::common::{BEARER, PROOF, TOKEN, WRONG, get, policy};

const NEXT_PROOF: &str = "nQ7mVr3KzTb5YxGd1WcHf9LsAe2JuPo6RiN8tBqXv4E";

fn setup(folder: &Path) -> Setup {
    let folder = folder.to_str().unwrap();
    Setup::new(&policy())
        .gate(&crate::GATE)
        .workers(2)
        .secret("WICKETGATE_SECRETS_DIR", folder)
        .secret("PORTAL_TOKEN", BEARER)
}

fn files(folder: &Path) {
    // With the line end that `echo` and editors leave.
    files::write(&folder.join("CRON_TOKEN"), format!("{TOKEN}\n")).unwrap();
    files::write(&folder.join("ORIGIN_PROOF"), PROOF).unwrap();
}

/// The status that a token of `cron` gets.
fn status(gate: &Gate, token: &str) -> u16 {
    gate.ask(&get("/internal/a", &[("x-internal-token", token)])).unwrap().status
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    wait_until(what, Duration::from_secs(20), || Ok(is_so().then_some(()))).unwrap();
}

#[test]
fn a_new_secret_is_in_force_without_a_restart() {
    let folder = TempDir::new().unwrap();
    files(folder.path());
    let gate = setup(folder.path()).start().unwrap();
    assert_eq!((status(&gate, TOKEN), status(&gate, WRONG)), (200, 403));
    // A secret that no file holds is a variable of Envoy's environment.
    let bearer = format!("Bearer {BEARER}");
    let portal = get("/portal/a", &[("authorization", &bearer)]);
    assert_eq!(gate.ask(&portal).unwrap().status, 200);

    files::replace(&folder.path().join("CRON_TOKEN"), WRONG).unwrap();
    until("the new secret", || {
        // No request fails while it changes: it gets one answer or the other.
        assert_eq!(gate.ask(&portal).unwrap().status, 200);
        status(&gate, WRONG) == 200
    });
    // Both workers have it, whichever takes a connection.
    until("the end of the old one", || {
        (0..20).all(|_| status(&gate, TOKEN) == 403 && status(&gate, WRONG) == 200)
    });

    gate.origin.take();
    files::replace(&folder.path().join("ORIGIN_PROOF"), NEXT_PROOF).unwrap();
    until("the new proof", || {
        assert_eq!(status(&gate, WRONG), 200);
        let got = gate.origin.take();
        got.iter().all(|message| message.values("x-origin-proof") == [NEXT_PROOF])
    });
    let log = gate.stop().log;
    assert!(log.contains("wicketgate: secrets have changed, and are in force"), "{log}");
    for secret in [TOKEN, WRONG, PROOF, NEXT_PROOF, BEARER] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn a_secret_that_is_refused_changes_nothing() {
    let folder = TempDir::new().unwrap();
    files(folder.path());
    let gate = setup(folder.path()).start().unwrap();
    let log = |text: &str| files::read_lossy(&gate.proxy.log()).matches(text).count();
    let refused = "secrets have changed and are refused, those before stay in force";
    let path = folder.path().join("CRON_TOKEN");
    files::replace(&path, "too short").unwrap();
    until("the refusal", || log(refused) == 1);
    assert_eq!((status(&gate, TOKEN), status(&gate, "too short")), (200, 403));
    assert!(log("CRON_TOKEN") > 0 && log("too short") == 0);

    files::replace(&path, "x".repeat(2 << 20)).unwrap();
    until("a file that is too long to be told", || log("secrets stay as they were: cannot") == 1);
    assert_eq!(status(&gate, TOKEN), 200);

    std::fs::remove_file(&path).unwrap();
    until("the second refusal", || log(refused) == 2);
    assert_eq!(status(&gate, TOKEN), 200);

    files::write(&path, WRONG).unwrap();
    until("a secret that is good again", || status(&gate, WRONG) == 200);
    until("the end of the first", || (0..20).all(|_| status(&gate, TOKEN) == 403));
    // What was refused is told once, and not each second.
    assert_eq!((log(refused), log("secrets stay as they were")), (2, 1));
}

#[test]
fn a_folder_that_is_not_there_is_refused_at_start() {
    let log = setup(Path::new("/nowhere/secrets")).refused().unwrap();
    assert!(log.contains("cannot read `/nowhere/secrets` (`WICKETGATE_SECRETS_DIR`)"), "{log}");
}

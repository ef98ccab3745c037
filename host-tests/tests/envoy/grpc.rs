//! Envoy turns its own answers to gRPC requests into gRPC's form: HTTP 200 with the outcome in
//! `grpc-status`. That is Envoy's doing and no admission: the origin gets nothing.

use crate::common::{TOKEN, WRONG, request, setup};

#[test]
fn a_denial_is_told_in_grpc_status() {
    let mut gate = setup().start().unwrap();
    for (target, reason, status) in [
        // 16 is UNAUTHENTICATED, which 401 becomes; 7 is PERMISSION_DENIED, for 403.
        ("/portal/a", "credential_missing", "16"),
        ("/internal/a", "credential_unknown", "7"),
    ] {
        for kind in ["application/grpc", "application/grpc+proto"] {
            let mut headers = vec![("content-type", kind), ("te", "trailers")];
            if target == "/internal/a" {
                headers.push(("x-internal-token", WRONG));
            }
            let (response, given) = gate.denied(&request("POST", target, &headers)).unwrap();
            assert_eq!((response.status, given.as_str()), (200, reason), "{kind} {target}");
            assert_eq!(response.header("grpc-status").collect::<Vec<_>>(), [status]);
            assert!(response.body.is_empty(), "{response:?}");
        }
    }
    let headers = [("content-type", "application/grpc"), ("x-internal-token", TOKEN)];
    gate.passed(&request("POST", "/internal/a", &headers)).unwrap();
}

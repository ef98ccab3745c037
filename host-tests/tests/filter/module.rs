//! The exports, imports and size of the built file.

use wicketgate_host_tests::built;
use wicketgate_host_tests::fake::{Host, Request};
use wicketgate_host_tests::module::{Module, REQUIRED_EXPORTS, missing_exports};

use crate::gate::{ENVIRONMENT, NOW, POLICY, gate, module, stranger};

#[test]
fn every_required_callback_is_exported() {
    assert_eq!(missing_exports(module()), [""; 0]);
}

#[test]
fn nothing_else_is_exported() {
    // Envoy would call it on every stream.
    let mut exports = module().exports();
    exports.sort();
    assert_eq!(exports, REQUIRED_EXPORTS);
}

#[test]
fn a_filter_without_the_headers_callback_passes_everything_and_is_found_out() {
    let module = without_export("proxy_on_request_headers");
    assert_eq!(missing_exports(&module), ["proxy_on_request_headers"]);
    let mut host = Host::new(&module, POLICY, &ENVIRONMENT, NOW).unwrap();
    assert!(host.configure());
    assert!(host.request(stranger()).forwarded(), "Envoy takes a missing callback for consent");
}

#[test]
fn a_missing_callback_of_the_built_file_is_found_whichever_it_is() {
    for export in REQUIRED_EXPORTS.into_iter().filter(|name| name.starts_with("proxy_on_")) {
        assert_eq!(missing_exports(&without_export(export)), [export]);
    }
}

#[test]
fn the_imports_are_those_on_the_list() {
    let mut imports = module().imports();
    imports.sort();
    assert_eq!(imports, IMPORTS, "an import more is a power more: weigh it before it goes on here");
}

#[test]
fn a_request_makes_only_the_calls_that_the_fake_host_offers() {
    let mut host = gate();
    let exchange = host.request(stranger());
    assert_eq!(exchange.failure, None);
    assert!(exchange.denied());
}

#[test]
fn the_file_is_small() {
    let size = module().size();
    assert!(size <= 640 * 1024, "the filter has {size} bytes");
}

#[test]
fn a_public_request_costs_few_host_calls() {
    let mut host = gate();
    host.request(Request::new("GET", "/"));
    let before: u64 = host.calls().values().sum();
    host.request(Request::new("GET", "/"));
    let calls = host.calls().values().sum::<u64>() - before;
    assert!(calls <= 2, "{calls} host calls: {:?}", host.calls());
}

/// The built file with an export renamed, which to a host is one left out.
fn without_export(name: &str) -> Module {
    let mut wasm = built::filter().unwrap().to_vec();
    let mut renamed = name.as_bytes().to_vec();
    *renamed.last_mut().unwrap() = b'?';
    let places: Vec<usize> = wasm
        .windows(name.len() + 1)
        .enumerate()
        // A name in the export section follows its length.
        .filter(|(_, bytes)| usize::from(bytes[0]) == name.len() && &bytes[1..] == name.as_bytes())
        .map(|(place, _)| place + 1)
        .collect();
    assert!(!places.is_empty(), "no `{name}` in the built file");
    for place in places {
        wasm[place..place + name.len()].copy_from_slice(&renamed);
    }
    Module::new(&wasm).unwrap()
}

/// The SDK's traits keep some alive that the gate never calls.
const IMPORTS: [&str; 36] = [
    "env.proxy_add_header_map_value",
    "env.proxy_call_foreign_function",
    "env.proxy_close_stream",
    "env.proxy_continue_stream",
    "env.proxy_define_metric",
    "env.proxy_dequeue_shared_queue",
    "env.proxy_done",
    "env.proxy_enqueue_shared_queue",
    "env.proxy_get_buffer_bytes",
    "env.proxy_get_current_time_nanoseconds",
    "env.proxy_get_header_map_pairs",
    "env.proxy_get_header_map_value",
    "env.proxy_get_property",
    "env.proxy_get_shared_data",
    "env.proxy_get_status",
    "env.proxy_grpc_cancel",
    "env.proxy_grpc_close",
    "env.proxy_grpc_send",
    "env.proxy_http_call",
    "env.proxy_increment_metric",
    "env.proxy_log",
    "env.proxy_record_metric",
    "env.proxy_register_shared_queue",
    "env.proxy_remove_header_map_value",
    "env.proxy_replace_header_map_value",
    "env.proxy_send_local_response",
    "env.proxy_set_buffer_bytes",
    "env.proxy_set_effective_context",
    "env.proxy_set_header_map_pairs",
    "env.proxy_set_property",
    "env.proxy_set_shared_data",
    "env.proxy_set_tick_period_milliseconds",
    "wasi_snapshot_preview1.environ_get",
    "wasi_snapshot_preview1.environ_sizes_get",
    "wasi_snapshot_preview1.fd_write",
    "wasi_snapshot_preview1.proc_exit",
];

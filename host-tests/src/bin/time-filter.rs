//! Times the filter under wasmtime: `time-filter FILTER.wasm REQUESTS.json` prints the samples of
//! each algorithm. It times the callback with the request's headers, host calls included.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use wicketgate_host_tests::fake::{Action, Host, Request};
use wicketgate_host_tests::module::Module;
use wicketgate_tokens::timing::{Gate, Requests, Samples, measure};

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1);
    let mut next = || arguments.next().context("FILTER.wasm and REQUESTS.json are missing");
    let (wasm, file) = (fs::read(next()?)?, fs::read(next()?)?);
    let module = Module::optimised(&wasm).map_err(|error| anyhow!("{error:?}"))?;
    let requests: Requests = serde_json::from_slice(&file)?;
    let mut samples: BTreeMap<&str, Samples> = BTreeMap::new();
    for arm in &requests.arms {
        let environment = [(arm.keys.0.as_str(), arm.keys.1.as_str())];
        let host = Host::new(&module, arm.policy.as_str(), &environment, requests.now);
        let mut host = host.map_err(|error| anyhow!("{error:?}"))?;
        ensure!(host.configure(), "the filter refuses the policy: {:?}", host.logs());
        samples.insert(&arm.algorithm, measure(arm, &mut Wasm { host, path: &requests.path })?);
    }
    println!("{}", serde_json::to_string(&samples)?);
    Ok(())
}

/// One instance with one policy, as a worker of Envoy has it.
struct Wasm<'a> {
    host: Host,
    path: &'a str,
}

impl Gate for Wasm<'_> {
    fn judge(&mut self, token: &str) -> Result<(Duration, String)> {
        let request =
            Request::new("GET", self.path).header("authorization", format!("Bearer {token}"));
        let context = self.host.open(request);
        let start = Instant::now();
        let action = self.host.request_headers(context);
        let took = start.elapsed();
        let exchange = self.host.close(context);
        self.host.clear_logs();
        let verdict = match action {
            Action::Continue => "allow".to_owned(),
            Action::Pause => exchange.reason(),
        };
        Ok((took, verdict))
    }
}

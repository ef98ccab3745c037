//! `cargo xtask site`

use std::net::Ipv4Addr;
use std::process::{Command, ExitCode};

use anyhow::Result;
use wicketgate_runtime::process::Process;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::site_build::{self, Checked};

use crate::exit_code;

/// Build the site and serve it on loopback.
///
/// The pages of docs/ as a book that can be searched, and the playground, in target/site: files that
/// any server of static files can hand out. Fails if a link within the site leads nowhere. Serves it
/// until Ctrl-C.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Only build it, and check its links
    #[arg(long)]
    build: bool,
    /// The port to serve it on
    #[arg(long, value_name = "PORT", default_value_t = 8088)]
    port: u16,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask site
  cargo xtask site --build      what is to be published, in target/site
  cargo xtask test --only site  the same in a browser";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let site = site_build::build(checkout)?;
    let Checked { links, faults } = site_build::check(&site.folder)?;
    println!("{}: {links} links within it", checkout.relative(&site.folder).display());
    faults.iter().for_each(|fault| eprintln!("error: {fault}"));
    if arguments.build || !faults.is_empty() {
        return Ok(exit_code(faults.is_empty()));
    }
    let (host, port) = (Ipv4Addr::LOCALHOST, arguments.port.to_string());
    let mut serve = Command::new("python3");
    serve.args(["-m", "http.server", &port, "--bind", &host.to_string(), "--directory"]);
    serve.arg(&site.folder);
    let folder = checkout.cache.run_folder()?;
    let mut server = Process::start(&mut serve, &folder.path().join("server.log"))?;
    println!(
        "http://{host}:{port}/ (the playground: http://{host}:{port}/playground/); Ctrl-C ends it"
    );
    let ended = wait_until("Ctrl-C", std::time::Duration::MAX, || server.ended())?;
    eprintln!("error: the server ended ({ended}):\n{}", server.output());
    Ok(ExitCode::FAILURE)
}

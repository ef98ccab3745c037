//! The address of the client, and whether it lies in a network.

mod client;
mod parse;
mod ranges;

pub(crate) use client::{ClientSource, client_address};
pub(crate) use parse::{Cidr, CidrFault};
pub(crate) use parse::{parse_address, parse_peer};
pub(crate) use ranges::Ranges;

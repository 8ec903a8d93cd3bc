//! Ports for servers whose address has to be known before they start.

use std::net::{IpAddr, Ipv4Addr, TcpListener};

use anyhow::{Context, Result};
use uuid::Uuid;

/// A port of loopback that nobody listens on now.
///
/// # Errors
/// There is none.
pub fn free() -> Result<u16> {
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("finding a free port")?;
    Ok(probe.local_addr()?.port())
}

/// Ports that no system gives to whoever takes any: a connection can't take one while its server
/// is restarted.
const QUIET: std::ops::Range<u16> = 10_000..32_000;

/// Tries before there is none.
const TRIES: usize = 200;

/// A port of all of 127.0.0.0/8 that nobody listens on now, and that stays free while whoever
/// listens on it is restarted.
///
/// # Errors
/// There is none.
pub fn quiet() -> Result<u16> {
    let count = u128::from(QUIET.end - QUIET.start);
    let any = || {
        let chance = u16::try_from(Uuid::now_v7().as_u128() % count);
        chance.map_or(QUIET.start, |chance| QUIET.start + chance)
    };
    let is_free = |port: &u16| TcpListener::bind((IpAddr::from([0, 0, 0, 0]), *port)).is_ok();
    let mut tried = std::iter::repeat_with(any).take(TRIES);
    tried.find(is_free).context("finding a quiet port")
}

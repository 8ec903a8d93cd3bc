//! Ports for servers whose address has to be known before they start.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};

/// A port of loopback that nobody listens on now.
///
/// # Errors
/// There is none.
pub fn free() -> Result<u16> {
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("finding a free port")?;
    Ok(probe.local_addr()?.port())
}

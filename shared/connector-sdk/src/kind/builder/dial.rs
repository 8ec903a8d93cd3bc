//! Connections of protocols other than HTTP.

use std::sync::Arc;
use std::time::Duration;

use passport_http_guard::{DialOptions, DialTarget, EndpointProblem, GuardedDial, TlsOptions};

use super::Builder;

/// Upper bound for a name and its connection, and for a handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How a source opens its connections.
#[derive(Debug)]
pub struct Dial {
    /// What opens them, by the operator's rules for addresses.
    pub to: GuardedDial,
    /// Whether they go to this machine, where it is known without a resolver.
    pub is_local: bool,
}

impl Builder<'_> {
    /// Connections to a host and a port, written without a scheme, that may go on in TLS or never do; or problems
    /// at `endpoint` and below `tls`. There is no other way to connections, and none of them leads where a
    /// client for HTTP may not go.
    pub fn dial(&mut self, authority: &str, usual_port: u16, secured: bool) -> Option<Dial> {
        let hub = self.hub;
        let target = DialTarget::parse(authority, usual_port, &hub.options.addresses);
        let target = match target {
            Ok(target) => target,
            Err(problem) => {
                self.problem("endpoint", problem.to_string(), fix(problem));
                return None;
            }
        };
        let tls = self.dial_tls(secured)?;
        let is_local = target.is_local();
        let options = DialOptions {
            connect_timeout: CONNECT_TIMEOUT.min(hub.options.request_timeout),
            addresses: hub.options.addresses.clone(),
            tls,
            resolver: Arc::clone(&hub.options.resolver),
        };
        let to = GuardedDial::new(target, options);
        let to = to.map_err(|error| self.refuse("tls", error)).ok()?;
        Some(Dial { to, is_local })
    }

    /// Whom to trust, where TLS is spoken: the system's authorities need not be there otherwise.
    fn dial_tls(&mut self, secured: bool) -> Option<Option<TlsOptions>> {
        if secured {
            let tls = self.tls()?;
            let ca_pem = tls.ca_pem.or_else(|| self.hub.options.ca_pem.clone());
            return Some(Some(TlsOptions { ca_pem, ..tls }));
        }
        if self.common.tls.is_some() {
            self.problem("tls", "is set, and TLS is not spoken", "remove it");
            return None;
        }
        Some(None)
    }
}

fn fix(problem: EndpointProblem) -> &'static str {
    match problem {
        EndpointProblem::NotAUrl
        | EndpointProblem::Scheme
        | EndpointProblem::PlainHttp
        | EndpointProblem::NoHost
        | EndpointProblem::Socket => "name a host, and its port where it is not the usual one",
        EndpointProblem::Userinfo
        | EndpointProblem::Query
        | EndpointProblem::Fragment
        | EndpointProblem::Path
        | EndpointProblem::Spelling
        | EndpointProblem::PortZero
        | EndpointProblem::Address(_) => problem.fix(),
    }
}

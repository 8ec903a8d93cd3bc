//! A client that belongs to no source: for a command that a person runs, with that person's own access.

use std::collections::BTreeSet;

use passport_evidence::{Category, ConnectorStatus, Descriptor, Problem, Scope, SourceId};

use super::{Builder, SourceContext};
use crate::{
    provider::{Auth, Hub, ProviderClient},
    secrets::SecretRef,
    settings::{CommonSettings, TlsSettings},
};

const DESCRIPTOR: Descriptor = Descriptor {
    id: "command",
    display_name: "Command",
    category: Category::Custom,
    status: ConnectorStatus::ManualConnector,
    promotion: None,
    capabilities: &[],
    credential: "the person's own",
    evidence: "none",
    minimum_scope: "what the person names",
    avoid: "leaving it where others can use it",
    facts: &[],
    default_max_age_seconds: 60,
};
const NAME: &str = "command";

impl Hub {
    /// A client for an endpoint, with all that guards those of sources. `None` of the token: a client certificate is
    /// all that is shown.
    ///
    /// # Errors
    /// What is wrong with endpoint and TLS, as of a source.
    pub fn client_of_command(
        &self,
        endpoint: &str,
        token: Option<&SecretRef>,
        tls: TlsSettings,
    ) -> Result<ProviderClient, Vec<Problem>> {
        let id = id().ok_or_else(Vec::new)?;
        let context = SourceContext { id };
        let mut builder = Builder {
            context: &context,
            hub: self,
            common: CommonSettings {
                tls: Some(tls),
                ..CommonSettings::default()
            },
            descriptor: &DESCRIPTOR,
            problems: Vec::new(),
            secrets: Vec::new(),
            own_facts: BTreeSet::new(),
            default_max_age: None,
            kept_apart: None,
        };
        let auth = match token {
            Some(token) => Auth::Bearer(builder.secret(token)),
            None => Auth::None,
        };
        let client = builder.client(endpoint, auth);
        client.ok_or(builder.problems)
    }
}

fn id() -> Option<SourceId> {
    Some(SourceId {
        scope: Scope {
            workspace: NAME.parse().ok()?,
            service: NAME.parse().ok()?,
            environment: NAME.parse().ok()?,
        },
        name: NAME.parse().ok()?,
    })
}

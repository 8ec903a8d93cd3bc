//! How a source gets at the API server: by an address and a token that it names, or, from within the
//! cluster, with the service account of the pod, after the page "Accessing the Kubernetes API from a Pod".

use passport_connector_sdk::{
    Auth, Builder, ProviderClient, provider::Platform, secrets::SecretRef,
};

/// What the kubelet sets and mounts in every pod that may have its service account.
pub const POD: Platform = Platform {
    key: "in_cluster",
    host: "KUBERNETES_SERVICE_HOST",
    port: "KUBERNETES_SERVICE_PORT",
    folder: "/var/run/secrets/kubernetes.io/serviceaccount",
    token: "token",
    ca: "ca.crt",
};

/// The keys of a source that say how to get at the API server.
#[derive(Debug, Clone, Copy)]
pub struct ApiServer<'a> {
    /// `in_cluster`.
    pub in_cluster: bool,
    /// `endpoint`.
    pub endpoint: Option<&'a str>,
    /// `credential`.
    pub credential: Option<&'a SecretRef>,
}

// === impl ApiServer ===

impl ApiServer<'_> {
    /// A client, or problems: the source names all that is used, or the one account that the cluster gives
    /// to the pod, and never both.
    pub fn client(self, builder: &mut Builder<'_>) -> Option<ProviderClient> {
        if self.in_cluster {
            return self.in_cluster(builder);
        }
        if self.endpoint.is_none() {
            let fix =
                "write the API server's address, or `in_cluster: true` for the pod's own cluster";
            builder.problem("endpoint", "is missing", fix);
        }
        if self.credential.is_none() {
            let fix = "name the token: { env: NAME } or { file: PATH }";
            builder.problem("credential", "is missing", fix);
        }
        let (endpoint, credential) = self.endpoint.zip(self.credential)?;
        let token = builder.secret(credential);
        builder.client(endpoint, Auth::Bearer(token))
    }

    fn in_cluster(self, builder: &mut Builder<'_>) -> Option<ProviderClient> {
        if self.endpoint.is_some() || self.credential.is_some() {
            let reason = "stands for address, token and authorities of the pod's own cluster, and the \
                          source names others";
            let fix = "leave out `endpoint` and `credential`, or `in_cluster`";
            builder.problem(POD.key, reason, fix);
            return None;
        }
        builder.platform_client(&POD)
    }
}

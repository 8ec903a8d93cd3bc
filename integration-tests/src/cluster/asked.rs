//! What a request to an API server needs to be permitted, after the page "Authorization".

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// What kinds there are, which every account may ask.
    Kinds,
    /// What the account itself may do, which every account may ask too.
    Review,
    /// Objects.
    Objects(Permission),
}

/// A verb on objects of one kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// Such as `get`.
    pub verb: String,
    /// The empty one is the core group.
    pub group: String,
    /// As it stands in Roles: a part of it behind a slash.
    pub resource: String,
    /// `None`: in every namespace.
    pub namespace: Option<String>,
    /// `None`: of every name.
    pub name: Option<String>,
}

// === impl Asked ===

impl Asked {
    /// Of a method and a path, whatever stands before `/api` or `/apis`.
    #[must_use]
    pub fn of(method: &str, path: &str) -> Option<Self> {
        let parts: Vec<_> = path.split('/').filter(|it| !it.is_empty()).collect();
        let root = parts.iter().position(|it| matches!(*it, "api" | "apis"));
        let Some(root) = root else {
            return (path == "/version").then_some(Self::Kinds);
        };
        let (group, rest) = match parts.get(root..)? {
            ["api"] | ["apis"] | ["api", _] | ["apis", _] | ["apis", _, _] => {
                return Some(Self::Kinds);
            }
            ["api", _, rest @ ..] => ("", rest),
            ["apis", "authorization.k8s.io", ..] if method == "POST" => return Some(Self::Review),
            ["apis", group, _, rest @ ..] => (*group, rest),
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some(*namespace), rest),
            rest => (None, rest),
        };
        let (resource, name) = match rest {
            [resource] => ((*resource).to_owned(), None),
            [resource, name] => ((*resource).to_owned(), Some(*name)),
            [resource, name, part] => (format!("{resource}/{part}"), Some(*name)),
            _ => return None,
        };
        let verb = match (method, name) {
            ("GET" | "HEAD", Some(_)) => "get",
            ("GET" | "HEAD", None) => "list",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", Some(_)) => "delete",
            ("DELETE", None) => "deletecollection",
            _ => return None,
        };
        Some(Self::Objects(Permission {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource,
            namespace: namespace.map(str::to_owned),
            name: name.map(str::to_owned),
        }))
    }
}

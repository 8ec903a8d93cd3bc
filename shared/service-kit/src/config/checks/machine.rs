//! Where this machine is handed its own credentials: at the few addresses that do so, and for workspaces that there are.

use passport_evidence::problem::Problem;
use serde_json::Value;

use super::reach;
use crate::config::path;

const AT: &str = "addresses.machine_credentials";
const CONTAINERS: [&str; 3] = [
    "http://169.254.170.2",
    "http://169.254.170.23",
    "http://[fd00:ec2::23]",
];
const INSTANCES: [&str; 2] = ["http://169.254.169.254", "http://[fd00:ec2::254]"];

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let Some(opened) = file.pointer("/addresses/machine_credentials") else {
        return Vec::new();
    };
    let origin = |key: &str, known: &[&str]| {
        let text = opened.get(key)?.as_str()?;
        let is_known = known.contains(&text) || is_loopback(text);
        (!is_known).then(|| {
            let reason = "is no address that hands a machine its own credentials";
            let fix = format!("write one of {}", known.join(", "));
            Problem::new(path::key(AT, key), reason, fix)
        })
    };
    let origins = [
        origin("container", &CONTAINERS),
        origin("instance", &INSTANCES),
    ];
    let mut problems: Vec<_> = origins.into_iter().flatten().collect();
    let has_address = ["container", "instance"].map(|it| opened.get(it).is_some());
    let has_token = opened.get("web_identity") == Some(&Value::Bool(true));
    if !has_address.contains(&true) && !has_token {
        let fix = "name the address as `container` or `instance`, write `web_identity: true`, or take this out";
        problems.push(Problem::new(AT, "opens nothing", fix));
    }
    let workspaces = opened.get("workspaces").and_then(Value::as_array);
    let names = workspaces.into_iter().flatten().filter_map(Value::as_str);
    let is_there = |name: &&str| {
        file.get("workspaces")
            .is_some_and(|it| it.get(name).is_some())
    };
    problems.extend(names.filter(|it| !is_there(it)).map(|name| {
        let reason = format!("names {name}, which is no workspace of this file");
        Problem::new(
            path::key(AT, "workspaces"),
            reason,
            "name workspaces that stand in it",
        )
    }));
    problems
}

/// An agent on this machine, with its port.
fn is_loopback(text: &str) -> bool {
    let address = text.parse::<http::Uri>().ok();
    let is_origin = |it: &http::Uri| matches!(it.path(), "" | "/") && it.query().is_none();
    text.starts_with("http://")
        && !text.ends_with('/')
        && address.is_some_and(|it| is_origin(&it) && reach::is_this_machine(&it))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(opened: Value) -> Vec<String> {
        let file = json!({
            "addresses": {"machine_credentials": opened}, "workspaces": {"acme": {}},
        });
        problems(&file).into_iter().map(|it| it.path).collect()
    }

    #[test]
    fn the_addresses_that_hand_out_credentials_may_be_opened_and_no_others() {
        let of = |key: &str, origin: &str| wrong(json!({"workspaces": ["acme"], key: origin}));
        for origin in CONTAINERS
            .into_iter()
            .chain(["http://127.0.0.1:8080", "http://localhost:1"])
        {
            assert!(of("container", origin).is_empty(), "{origin}");
        }
        for origin in INSTANCES {
            assert!(of("instance", origin).is_empty(), "{origin}");
        }
        for (key, origin) in [
            ("container", "http://169.254.169.254"),
            ("instance", "http://169.254.170.2"),
            ("container", "http://10.0.0.1"),
            ("container", "http://example.com"),
            ("container", "https://169.254.170.2"),
            ("container", "http://169.254.170.2/v2"),
            ("container", "http://127.0.0.1:8080/"),
            ("container", "http://127.0.0.1@169.254.1.1"),
            ("instance", "http://[::ffff:169.254.169.254]"),
        ] {
            assert_eq!(of(key, origin), [format!("{AT}.{key}")], "{origin}");
        }
    }

    #[test]
    fn something_is_opened_for_somebody_who_is_there() {
        assert_eq!(wrong(json!({"workspaces": ["acme"]})), [AT]);
        let closed = json!({"workspaces": ["acme"], "web_identity": false});
        assert_eq!(wrong(closed), [AT]);
        let token = json!({"workspaces": ["acme"], "web_identity": true});
        assert!(wrong(token).is_empty());
        let other = json!({"workspaces": ["acme", "other"], "instance": INSTANCES[0]});
        assert_eq!(wrong(other), [format!("{AT}.workspaces")]);
    }
}

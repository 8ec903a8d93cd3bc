//! What `kube` could do and must not: ask for the objects of all namespaces, or find a cluster and a credential by
//! itself. No other crate of the workspace links it.

use std::{fs, path::Path};

/// Ways beyond one namespace, and to what no source names.
const FORBIDDEN: [&str; 13] = [
    "Api::all",
    "all_with",
    "Api::dynamic",
    "unconstrain",
    "default_namespaced",
    "try_default",
    "try_from(config",
    "ClientBuilder",
    "Config::",
    "Kubeconfig::",
    "infer",
    "incluster",
    "insecure(",
];

fn code(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && name != "tests" {
            text += &code(&path);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            text += &fs::read_to_string(&path).unwrap();
        }
    }
    text
}

#[test]
fn nothing_is_asked_for_beyond_one_namespace_and_nothing_found_that_no_source_names() {
    let code = code(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    assert!(code.contains("Api::namespaced_with"));
    let found: Vec<_> = FORBIDDEN.iter().filter(|it| code.contains(**it)).collect();
    assert!(found.is_empty(), "{found:?}");
}

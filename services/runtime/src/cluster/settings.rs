//! What stands under every source of a cluster, and what is wrong with it.

use passport_connector_sdk::Builder;
use passport_kubernetes_api::{is_label, is_name};

/// Most objects that a server is asked for at once.
const MAX_PAGE: u16 = 500;

/// The default of `min_replicas`.
pub fn one() -> u32 {
    1
}

/// The default of `page_size`.
pub fn one_hundred() -> u16 {
    100
}

/// Whether these name one object of one namespace; problems otherwise.
pub fn names_one(builder: &mut Builder<'_>, namespace: &str, name: &str) -> bool {
    let checks = [
        ("scope.namespace", is_label(namespace)),
        ("scope.name", is_name(name)),
    ];
    for (key, _) in checks.iter().filter(|(_, fits)| !fits) {
        let reason = "names no one thing: empty, a pattern, or more than its name";
        let fix = "write the exact name of one; a whole namespace is never read";
        builder.problem(*key, reason, fix);
    }
    checks.iter().all(|(_, fits)| *fits)
}

/// Whether each is the name of a container; problems at the key otherwise.
pub fn names_containers<'a>(
    builder: &mut Builder<'_>,
    key: &str,
    names: impl IntoIterator<Item = &'a String>,
) -> bool {
    let wrong = names.into_iter().filter(|it| !is_label(it)).count();
    for _ in 0..wrong {
        let fix = "write the exact name of a container";
        builder.problem(key, "names no container: empty, or a pattern", fix);
    }
    wrong == 0
}

/// Whether the numbers of replicas can be wanted; problems otherwise.
pub fn wants_any(builder: &mut Builder<'_>, replicas: u32, available: Option<u32>) -> bool {
    let checks = [
        ("min_replicas", replicas >= 1),
        ("min_available", available.is_none_or(|it| it >= 1)),
    ];
    for (key, _) in checks.iter().filter(|(_, fits)| !fits) {
        builder.problem(*key, "is out of range", "write 1 or more");
    }
    checks.iter().all(|(_, fits)| *fits)
}

/// Whether pages can be so large; a problem otherwise.
pub fn is_page(builder: &mut Builder<'_>, page_size: u16) -> bool {
    let fits = (1..=MAX_PAGE).contains(&page_size);
    if !fits {
        builder.problem("page_size", "is out of range", "write 1 to 500");
    }
    fits
}

use proptest::{collection::btree_set, collection::vec, prelude::*, sample::subsequence};

use super::*;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn scope_of(workspace: &str, service: &str, environment: &str) -> Scope {
    Scope {
        workspace: WorkspaceId::new(workspace).unwrap(),
        service: ServiceName::new(service).unwrap(),
        environment: EnvironmentName::new(environment).unwrap(),
    }
}

fn scopes() -> impl Strategy<Value = Scope> {
    let name = || prop::sample::select(&NAMES[..]);
    (name(), name(), name())
        .prop_map(|(workspace, service, environment)| scope_of(workspace, service, environment))
}

fn selections<T>(make: fn(&str) -> T) -> impl Strategy<Value = Selection<T>>
where
    T: Ord + Clone + std::fmt::Debug + 'static,
{
    let only = btree_set(prop::sample::select(&NAMES[..]), 0..3)
        .prop_map(move |names| names.into_iter().map(make).collect());
    prop_oneof![1 => Just(Selection::All), 3 => only]
}

fn verbs() -> impl Strategy<Value = Verb> {
    prop::sample::select(&Verb::ALL[..])
}

fn a_grant() -> impl Strategy<Value = Grant> {
    (
        prop::sample::select(&NAMES[..]),
        selections(|name| ServiceName::new(name).unwrap()),
        selections(|name| EnvironmentName::new(name).unwrap()),
        subsequence(Verb::ALL.to_vec(), 0..=Verb::ALL.len()),
    )
        .prop_map(|(workspace, services, environments, verbs)| Grant {
            workspace: WorkspaceId::new(workspace).unwrap(),
            services,
            environments,
            verbs: verbs.into_iter().collect(),
        })
}

fn lists<T: Ord>(selection: &Selection<T>, name: &T) -> bool {
    match selection {
        Selection::All => true,
        Selection::Only(names) => names.iter().any(|known| known == name),
    }
}

proptest! {
    #[test]
    fn a_grant_permits_no_other_workspace(grant in a_grant(), scope in scopes(), verb in verbs()) {
        if grant.permits(&scope, verb) {
            prop_assert_eq!(&grant.workspace, &scope.workspace);
        }
    }

    #[test]
    fn a_grant_permits_no_other_service_environment_or_verb(
        grant in a_grant(), scope in scopes(), verb in verbs(),
    ) {
        if grant.permits(&scope, verb) {
            prop_assert!(lists(&grant.services, &scope.service));
            prop_assert!(lists(&grant.environments, &scope.environment));
            prop_assert!(grant.verbs.iter().any(|known| *known == verb));
        }
    }

    #[test]
    fn a_grant_permits_all_that_it_lists(grant in a_grant(), scope in scopes()) {
        for verb in &grant.verbs {
            let inside = Scope { workspace: grant.workspace.clone(), ..scope.clone() };
            let listed = lists(&grant.services, &inside.service)
                && grant.environments.contains(&inside.environment);
            prop_assert_eq!(grant.permits(&inside, *verb), listed);
        }
    }

    #[test]
    fn no_grants_permit_nothing(scope in scopes(), verb in verbs()) {
        let none = Grants::default();
        prop_assert!(!none.permits(&scope, verb));
        prop_assert!(!none.permits_anywhere(verb));
        prop_assert!(!none.permits_workspace(&scope.workspace, verb));
    }

    #[test]
    fn more_grants_permit_what_either_part_permits_and_no_more(
        some in vec(a_grant(), 0..4), more in vec(a_grant(), 0..4),
        scope in scopes(), verb in verbs(),
    ) {
        let one: Grants = some.clone().into_iter().collect();
        let other: Grants = more.clone().into_iter().collect();
        let both: Grants = some.into_iter().chain(more).collect();
        prop_assert_eq!(
            both.permits(&scope, verb),
            one.permits(&scope, verb) || other.permits(&scope, verb)
        );
    }

    #[test]
    fn what_is_permitted_on_a_workspace_is_permitted_on_all_its_scopes(
        grants in vec(a_grant(), 0..4), scope in scopes(), verb in verbs(),
    ) {
        let grants: Grants = grants.into_iter().collect();
        if grants.permits_workspace(&scope.workspace, verb) {
            prop_assert!(grants.permits(&scope, verb));
        }
        if grants.permits(&scope, verb) {
            prop_assert!(grants.permits_anywhere(verb));
        }
    }
}

#[test]
fn an_empty_selection_selects_nothing() {
    let grant = Grant {
        workspace: WorkspaceId::new("a").unwrap(),
        services: Selection::Only(BTreeSet::new()),
        environments: Selection::All,
        verbs: Verb::ALL.into_iter().collect(),
    };
    assert!(!grant.permits(&scope_of("a", "b", "c"), Verb::Read));
}

#[test]
fn parts_of_two_grants_do_not_make_a_third() {
    let grant = |service: &str, verb| Grant {
        workspace: WorkspaceId::new("a").unwrap(),
        services: [ServiceName::new(service).unwrap()].into_iter().collect(),
        environments: Selection::All,
        verbs: [verb].into(),
    };
    let grants: Grants = [grant("b", Verb::Read), grant("c", Verb::Waive)]
        .into_iter()
        .collect();
    assert!(grants.permits(&scope_of("a", "b", "d"), Verb::Read));
    assert!(!grants.permits(&scope_of("a", "b", "d"), Verb::Waive));
    assert!(!grants.permits_workspace(&WorkspaceId::new("a").unwrap(), Verb::Read));
}

//! Whatever is changed in a good service and its tasks, nothing passes that they do not say.

use proptest::{prelude::*, sample::select};

use super::{
    changes::change,
    oracle::World,
    world::{By, good, passed},
};

const CHANGED: u32 = 30_000;
const BOTH: [By; 2] = [By::Ecs, By::Another];

#[test]
fn a_service_about_which_nothing_is_wrong_passes_in_all() {
    for by in BOTH {
        let all = good(by);
        let found = passed(&all);
        assert_eq!(found.len(), 6, "{by:?}: {found:?}");
        assert!(found.iter().all(|it| World(&all).may_pass(it)), "{found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        by in select(&BOTH[..]),
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let mut all = good(by);
        for change in &changes {
            change.apply(&mut all);
        }
        let found = passed(&all);
        let world = World(&all);
        let unearned: Vec<_> = found.iter().filter(|it| !world.may_pass(it)).collect();
        prop_assert!(unearned.is_empty(), "{all}: {unearned:?}");
    }
}

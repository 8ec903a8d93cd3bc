//! How broad a caller is.

use passport_aws_api::Caller;
use passport_connector_sdk::credential_scope::Breadth;

use crate::connectors::ecs::breadth::{Probe, judge};

#[test]
fn narrow_is_only_a_role_that_was_refused_what_is_too_much() {
    use Breadth::{Broad, Narrow, Unverifiable, WriteCapable};
    use Probe::{Answered, Refused, Untold};
    let role = Caller::Role("reader".to_owned());
    for (caller, wanted) in [
        (Caller::Root, [WriteCapable; 3]),
        (Caller::User, [Broad; 3]),
        (role, [Broad, Narrow, Unverifiable]),
        (Caller::Other, [Broad, Unverifiable, Unverifiable]),
    ] {
        let found = [Answered, Refused, Untold].map(|probe| judge(&caller, probe));
        assert_eq!(found, wanted, "{caller:?}");
    }
}

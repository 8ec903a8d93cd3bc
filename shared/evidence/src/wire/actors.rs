//! Persons behind a fact.

use passport_proto::evidence as proto;

use crate::actor::{Actor, Actors, Role};

/// Those who are told of, and how many more there are.
pub fn on_wire(actors: &Actors) -> (Vec<proto::Actor>, i32) {
    let told = |it: &Actor| proto::Actor {
        id: it.id.to_string(),
        role: proto::ActorRole::from(it.role).into(),
    };
    let further = i32::try_from(actors.further()).unwrap_or(i32::MAX);
    (actors.iter().map(told).collect(), further)
}

/// What somebody else says of them.
pub fn off_wire(told: &[proto::Actor], further: i32) -> Actors {
    let told = told
        .iter()
        .map(|it| (it.id.as_str(), Role::from_wire(it.role)));
    // Less than none is none.
    Actors::claimed(told, u32::try_from(further).unwrap_or_default())
}

use super::*;

fn id(byte: u8) -> ActorId {
    ActorId::of_keyed_hash([byte; 32])
}

fn actor(role: Role, byte: u8) -> Actor {
    Actor { role, id: id(byte) }
}

#[test]
fn an_id_is_written_and_read_in_one_form() {
    let id = id(0xab);
    assert_eq!(id.as_str(), format!("actor:{}", "ab".repeat(8)));
    assert_eq!(id.short(), "abababab");
    assert_eq!(id.to_string().parse(), Ok(id));
}

#[test]
fn nothing_else_is_an_id() {
    let digits = "ab".repeat(8);
    for text in [
        String::new(),
        digits.clone(),
        format!("actor:{}", digits.to_uppercase()),
        format!("actor:{digits}0"),
        format!("actor: {}", &digits[1..]),
        "actor:ana.lopez@example".to_owned(),
        "Ana Lopez".to_owned(),
        "+1 555 0100".to_owned(),
    ] {
        assert_eq!(text.parse::<ActorId>(), Err(NoActorId), "{text}");
    }
}

#[test]
fn a_role_is_read_by_its_word_alone() {
    for role in Role::ALL {
        assert_eq!(Role::from_word(role.as_str()), Some(role));
    }
    assert_eq!(Role::from_word("Approver"), None);
}

#[test]
fn each_is_there_once_in_a_role_and_those_over_the_limit_are_counted() {
    let twice = [
        actor(Role::Approver, 1),
        actor(Role::Requester, 1),
        actor(Role::Approver, 1),
    ];
    let twice: Actors = twice.into_iter().collect();
    assert_eq!((twice.iter().count(), twice.further()), (2, 0));
    let most = u8::try_from(MAX_ACTORS).unwrap();
    let many = (0..most + 3).map(|it| actor(Role::Approver, it));
    let many: Actors = many.chain([actor(Role::Decliner, 200)]).collect();
    assert_eq!((many.iter().count(), many.further()), (MAX_ACTORS, 4));
    // Whoever refused is never the one who is left out.
    assert_eq!(many.iter().next(), Some(&actor(Role::Decliner, 200)));
}

#[test]
fn joining_counts_who_is_not_told_of() {
    let one: Actors = [actor(Role::Approver, 1)].into_iter().collect();
    let both = one.clone().and_further(2).joined(one.and_further(1));
    assert_eq!((both.iter().count(), both.further()), (1, 3));
    assert_eq!(both.to_string(), "approver 01010101, 3 more");
    assert_eq!(Actors::default().to_string(), "");
}

#[test]
fn what_others_say_in_another_form_is_counted_and_not_shown() {
    let known = id(7).to_string();
    let claimed = [
        (known.as_str(), Some(Role::Author)),
        (known.as_str(), None),
        ("ana.lopez@example.com", Some(Role::Approver)),
    ];
    let actors = Actors::claimed(claimed, 1);
    assert_eq!(actors.further(), 3);
    assert_eq!(actors.iter().collect::<Vec<_>>(), [&actor(Role::Author, 7)]);
    assert!(!format!("{actors:?}").contains("ana"));
}

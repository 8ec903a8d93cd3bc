//! Persons as providers tell of them, and whether anything of one shows in facts.

use std::collections::BTreeSet;

use passport_evidence::{ActorId, Fact, Role};
use passport_proto::evidence as proto;

const FIRST: [&str; 6] = [
    "Ottilie",
    "Zebedee",
    "Quentina",
    "Bartholomew",
    "Jocasta",
    "Xiomara",
];
const LAST: [&str; 6] = [
    "Quackenbush",
    "Featherstone",
    "Zwingli",
    "Oyelaran",
    "Villalobos",
    "Thistle",
];

/// A person. No two numbers give the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Someone {
    /// What the provider knows the person by.
    pub id: String,
    /// First and last name.
    pub name: String,
    /// A mail address.
    pub mail: String,
    /// A phone number.
    pub phone: String,
}

// === impl Someone ===

impl Someone {
    /// The person of this number.
    pub fn of(number: u32) -> Self {
        let pick = |all: [&'static str; 6], at: u32| {
            let at = usize::try_from(at).unwrap_or_default() % all.len();
            all.get(at).copied().unwrap_or_default()
        };
        let (first, last) = (pick(FIRST, number), pick(LAST, number / 6));
        let at = first.to_lowercase();
        Self {
            id: format!("person-id-{number:010}"),
            name: format!("{first} {last}{number}"),
            mail: format!("{at}.{number}@people.example.org"),
            phone: format!("+1 555 {number:010}"),
        }
    }

    /// What of the person stands in a text, by whichever of its names.
    pub fn is_in(&self, text: &str) -> Option<&str> {
        let text = text.to_lowercase();
        let parts = self.name.split(' ');
        let digits = self.phone.split(' ').skip(2);
        let mail = self.mail.split('@').take(1);
        let all = [&self.id, &self.name, &self.mail, &self.phone];
        let all = all.into_iter().map(String::as_str);
        let mut all = all.chain(parts).chain(digits).chain(mail);
        all.find(|it| text.contains(&it.to_lowercase()))
    }
}

/// All that ever shows of facts: their JSON, what goes over the wire, and what a log would hold.
pub fn shown(facts: &[Fact]) -> String {
    let json = facts.iter().map(|it| serde_json::json!(it).to_string());
    let wire = facts
        .iter()
        .map(|it| format!("{:?}", proto::Fact::from(it)));
    let texts: Vec<_> = json.chain(wire).collect();
    format!("{}\n{facts:?}", texts.join("\n"))
}

/// Those who are told of by the facts of a name, each once.
pub fn told(facts: &[Fact], name: &str) -> BTreeSet<(Role, ActorId)> {
    let of_name = facts.iter().filter(|it| it.name().as_str() == name);
    let actors = of_name.flat_map(|it| it.actors().iter());
    actors.map(|it| (it.role, it.id.clone())).collect()
}

/// Roles of those who are told of by the facts of a name, by role.
pub fn roles(facts: &[Fact], name: &str) -> Vec<Role> {
    told(facts, name)
        .into_iter()
        .map(|(role, _)| role)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_names_a_person_is_found() {
        let one = Someone::of(7);
        for text in [&one.id, &one.name, &one.mail, &one.phone] {
            let text = format!("approved by {}.", text.to_uppercase());
            assert!(one.is_in(&text).is_some(), "{text}");
            assert_eq!(Someone::of(8).is_in(&text), None, "{text}");
        }
        assert!(one.is_in("zebedee.7 said so").is_some());
        assert_eq!(one.is_in("actor:0123456789abcdef"), None);
    }
}

//! Tokens and grants as a configuration has them, in the terms of the policy.

use passport_evidence::NameError;
use passport_policy::{
    gate::Actor,
    grants::{Grant, Grants, Selection, Verb},
    tokens::{Token, Tokens},
};

use super::Unusable;
use crate::config::model;

/// The tokens of a configuration.
///
/// # Errors
/// Only where the loader's idea of a name or a hash differs from that of the policy.
pub fn tokens(configured: &[model::Token]) -> Result<Tokens, Unusable> {
    configured.iter().map(token).collect()
}

/// What somebody was granted by a configuration.
///
/// # Errors
/// Only where the loader's idea of a name differs from that of the evidence model.
pub fn grants(configured: &[model::Grant]) -> Result<Grants, NameError> {
    configured.iter().map(grant).collect()
}

/// The hash of the token that is known by this id.
///
/// # Errors
/// Only where the loader's idea of a hash differs from that of the policy.
pub fn sha256(id: &model::Name, hash: &model::Sha256Hex) -> Result<[u8; 32], Unusable> {
    let mut sha256 = [0; 32];
    hex::decode_to_slice(hash.as_str(), &mut sha256).map_err(|_| Unusable::Hash(id.to_string()))?;
    Ok(sha256)
}

fn token(token: &model::Token) -> Result<Token, Unusable> {
    Ok(Token {
        id: token.id.to_string(),
        sha256: sha256(&token.id, &token.sha256)?,
        expires: token.expires,
        grants: grants(&token.grants)?,
        person: token.person.as_ref().map(person),
    })
}

/// A person as policies compare persons.
pub(super) fn person(person: &model::Person) -> Actor {
    Actor {
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
    }
}

fn grant(grant: &model::Grant) -> Result<Grant, NameError> {
    Ok(Grant {
        workspace: grant.workspace.as_str().parse()?,
        services: selection(&grant.services)?,
        environments: selection(&grant.environments)?,
        verbs: grant.verbs.iter().copied().map(verb).collect(),
    })
}

fn selection<T>(selectors: &[model::Selector]) -> Result<Selection<T>, NameError>
where
    T: Ord + std::str::FromStr<Err = NameError>,
{
    if selectors.iter().any(|selector| selector.as_str() == "*") {
        return Ok(Selection::All);
    }
    let names = selectors.iter().map(|selector| selector.as_str().parse());
    names.collect()
}

fn verb(verb: model::Verb) -> Verb {
    match verb {
        model::Verb::Collect => Verb::Collect,
        model::Verb::Read => Verb::Read,
        model::Verb::Check => Verb::Check,
        model::Verb::Ingest => Verb::Ingest,
        model::Verb::Evaluate => Verb::Evaluate,
        model::Verb::Waive => Verb::Waive,
        model::Verb::Approve => Verb::Approve,
        model::Verb::Notify => Verb::Notify,
        model::Verb::Vouch => Verb::Vouch,
    }
}

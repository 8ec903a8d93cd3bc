//! One issuer: what its tokens have to be, and whom they are of.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Validation, decode, errors::ErrorKind};
use passport_policy::{
    gate::Actor,
    grants::{Grant, Grants},
};
use passport_service_kit::{
    access::Unusable,
    config::model::{self, IssuerKind},
};
use tracing::debug;

use super::{
    Bearer, claims::Claims, jwks::Key, keys::Keys, mapping::Mapping, refused::Refused,
    refused::Why, shown::Shown,
};

const DEFAULT_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// One issuer.
#[derive(Debug)]
pub(super) struct Issuer {
    issuer: String,
    kind: IssuerKind,
    audience: String,
    algorithms: Vec<Algorithm>,
    max_lifetime: TimeDelta,
    mappings: Vec<Mapping>,
    keys: Arc<Keys>,
}

// === impl Issuer ===

impl Issuer {
    pub fn of(configured: &model::Issuer, keys: Arc<Keys>) -> Result<Self, Unusable> {
        let lifetime = configured.max_lifetime;
        let lifetime = lifetime.and_then(|it| TimeDelta::from_std(it.0).ok());
        let mappings = configured.mappings.iter().map(Mapping::of);
        Ok(Self {
            issuer: configured.issuer.clone(),
            kind: configured.kind,
            audience: configured.audience.clone(),
            algorithms: configured
                .algorithms
                .iter()
                .copied()
                .map(algorithm)
                .collect(),
            max_lifetime: lifetime.unwrap_or(DEFAULT_LIFETIME),
            mappings: mappings.collect::<Result<_, _>>()?,
            keys,
        })
    }

    /// Whether tokens that say so are its own.
    pub fn is(&self, issuer: &str) -> bool {
        self.issuer == issuer
    }

    /// Whom its token is of.
    pub async fn admit(&self, shown: &Shown<'_>, now: DateTime<Utc>) -> Result<Bearer, Refused> {
        let refused = |why| Refused::of(why, Some(&self.issuer), &shown.kid);
        if !self.algorithms.contains(&shown.algorithm) {
            return Err(refused(Why::Algorithm));
        }
        let keys = self.keys.find(&shown.kid, now).await.map_err(refused)?;
        let claims = self.verified(shown, &keys).map_err(refused)?;
        let who = claims.who(self.kind);
        let judged = claims
            .for_audience(&self.audience)
            .and_then(|()| claims.at(now, self.max_lifetime))
            .and_then(|()| self.bearer(&claims));
        match judged {
            Ok(bearer) => {
                let (issuer, caller) = (&self.issuer, &bearer.name);
                debug!(issuer, caller, who, "a token of an issuer was admitted");
                Ok(bearer)
            }
            Err(why) => Err(refused(why).who(&who)),
        }
    }

    /// What the token says, where one of the keys that it may mean has signed it.
    fn verified(&self, shown: &Shown<'_>, keys: &[Key]) -> Result<Claims, Why> {
        let fitting = keys.iter().filter(|key| key.fits(shown.algorithm));
        let rules = self.rules(shown.algorithm);
        let mut last = Why::Key;
        for key in fitting {
            match decode(shown.token, key.decoding(), &rules) {
                Ok(token) => return Ok(token.claims),
                Err(error) => last = why(error.kind()),
            }
        }
        Err(last)
    }

    /// Times are judged by our own clock, and not by that of the library.
    fn rules(&self, algorithm: Algorithm) -> Validation {
        let mut rules = Validation::new(algorithm);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["iss", "aud", "exp"]);
        rules.validate_exp = false;
        rules.validate_nbf = false;
        rules
    }

    /// All mappings that fit count: each is what the operator said of whom it is of.
    fn bearer(&self, claims: &Claims) -> Result<Bearer, Why> {
        let person = self.person(claims)?;
        let fitting = self.mappings.iter().filter(|it| it.fits(self.kind, claims));
        let (ids, grants): (Vec<_>, Vec<_>) =
            fitting.map(|it| (it.id.as_str(), it.grants.iter())).unzip();
        if ids.is_empty() {
            return Err(Why::Mapping);
        }
        Ok(Bearer {
            person,
            name: ids.join("+"),
            grants: grants
                .into_iter()
                .flatten()
                .map(Grant::clone)
                .collect::<Grants>(),
        })
    }

    fn person(&self, claims: &Claims) -> Result<Option<Actor>, Why> {
        match self.kind {
            IssuerKind::People => Ok(Some(Actor {
                issuer: self.issuer.clone(),
                subject: claims.person()?.to_owned(),
            })),
            IssuerKind::GithubActions
            | IssuerKind::GitlabCi
            | IssuerKind::Kubernetes
            | IssuerKind::Other => Ok(None),
        }
    }
}

fn algorithm(configured: model::Algorithm) -> Algorithm {
    match configured {
        model::Algorithm::RS256 => Algorithm::RS256,
        model::Algorithm::RS384 => Algorithm::RS384,
        model::Algorithm::RS512 => Algorithm::RS512,
        model::Algorithm::PS256 => Algorithm::PS256,
        model::Algorithm::PS384 => Algorithm::PS384,
        model::Algorithm::PS512 => Algorithm::PS512,
        model::Algorithm::ES256 => Algorithm::ES256,
        model::Algorithm::ES384 => Algorithm::ES384,
        model::Algorithm::EdDsa => Algorithm::EdDSA,
    }
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "an error of a library that may grow"
)]
fn why(error: &ErrorKind) -> Why {
    match error {
        ErrorKind::InvalidSignature => Why::Signature,
        ErrorKind::InvalidAudience => Why::Audience,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidKeyFormat => Why::Key,
        ErrorKind::MissingRequiredClaim(claim) if claim == "aud" => Why::Audience,
        ErrorKind::MissingRequiredClaim(claim) if claim == "exp" => Why::Times,
        _ => Why::Unread,
    }
}

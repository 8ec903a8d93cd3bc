//! Which log groups, and which lines in them, a source reads.

use std::collections::BTreeMap;

use passport_aws_api::{is_account, is_region};
use passport_connector_sdk::Builder;

use super::settings::ScopeSettings;

/// Most log groups that one query may read.
const MAX_GROUPS: usize = 50;
/// Longest name of a log group, and longest value of a field.
const MAX_GROUP: usize = 512;
const MAX_VALUE: usize = 200;
/// Longest name of a field.
const MAX_FIELD: usize = 100;

/// The narrow target of a source.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The region.
    pub region: String,
    /// The account that the credential must be of; `None`: any.
    pub account: Option<String>,
    /// The log groups.
    pub groups: Groups,
    /// What every line must say of itself.
    pub fields: Fields,
}

/// Log groups, all of them named in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Groups {
    /// By their names.
    Names(Vec<String>),
    /// By their ARNs.
    Arns(Vec<String>),
}

/// Fields of a line and the values that they must have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<String, String>);

impl Scope {
    /// Of what the source says, or problems. Log groups and fields are needed where lines are counted.
    pub fn check(
        settings: &ScopeSettings,
        counts_lines: bool,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let region = is_region(&settings.region);
        if !region {
            let fix = "write one region, such as eu-central-1";
            builder.problem("scope.region", "names no region", fix);
        }
        let account = settings.account_id.as_deref().is_none_or(is_account);
        if !account {
            let fix = "write the twelve digits, in quotes";
            builder.problem("scope.account_id", "names no account", fix);
        }
        let groups = Groups::check(settings, counts_lines, builder);
        let fields = Fields::check(settings, counts_lines, builder);
        let (groups, fields) = (groups?, fields?);
        (region && account).then(|| Self {
            region: settings.region.clone(),
            account: settings.account_id.clone(),
            groups,
            fields,
        })
    }
}

// === impl Groups ===

impl Groups {
    fn check(
        settings: &ScopeSettings,
        counts_lines: bool,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let all = &settings.log_groups;
        let least = usize::from(counts_lines);
        let arns = all.iter().filter(|it| it.starts_with("arn:")).count();
        let are_named = match arns {
            0 => all.iter().all(|it| is_group(it)),
            _ => arns == all.len() && all.iter().all(|it| is_own_arn(it, settings)),
        };
        if !(least..=MAX_GROUPS).contains(&all.len()) || !are_named {
            let reason = "names no log groups of this region and account: none, over 50, a pattern, or \
                          names beside ARNs";
            let fix =
                "write exact names, such as /ecs/prod/checkout-api, or ARNs without :* behind";
            builder.problem("scope.log_groups", reason, fix);
            return None;
        }
        Some(match arns {
            0 => Self::Names(all.clone()),
            _ => Self::Arns(all.clone()),
        })
    }

    /// A group that is not there, beside the first of these, written in the same way; `None`: there is none.
    pub fn beside(&self) -> Option<Self> {
        match self {
            Self::Names(all) => all.first().map(|it| Self::Names(vec![beside(it)])),
            Self::Arns(all) => {
                let (head, name) = all.first()?.rsplit_once(':')?;
                Some(Self::Arns(vec![format!("{head}:{}", beside(name))]))
            }
        }
    }

    /// Each of them, as it is written.
    pub fn iter(&self) -> impl Iterator<Item = &String> {
        match self {
            Self::Names(all) | Self::Arns(all) => all.iter(),
        }
    }
}

/// A name that no group has, in the same place.
const BESIDE: &str = "passport-mesh-probe";

/// The name beside another, which ends as its last part does.
fn beside(name: &str) -> String {
    let (place, _) = name.rsplit_once('/').unwrap_or_default();
    let slash = if name.contains('/') { "/" } else { "" };
    format!("{place}{slash}{BESIDE}")
}

fn is_group(name: &str) -> bool {
    let inner = |it: u8| it.is_ascii_alphanumeric() || b"._-/#".contains(&it);
    (1..=MAX_GROUP).contains(&name.len()) && name.bytes().all(inner)
}

/// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`.
fn is_own_arn(arn: &str, settings: &ScopeSettings) -> bool {
    let parts: Vec<_> = arn.splitn(7, ':').collect();
    let ["arn", _, "logs", region, account, "log-group", name] = parts.as_slice() else {
        return false;
    };
    let is_own = settings
        .account_id
        .as_deref()
        .is_none_or(|it| it == *account);
    *region == settings.region && is_account(account) && is_own && is_group(name)
}

// === impl Fields ===

impl Fields {
    #[cfg(test)]
    pub fn new(fields: BTreeMap<String, String>) -> Self {
        Self(fields)
    }

    fn check(
        settings: &ScopeSettings,
        counts_lines: bool,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        if counts_lines && settings.fields.is_empty() {
            let fix = "name at least one field that only this service's lines have";
            builder.problem("scope.fields", "narrows nothing", fix);
            return None;
        }
        let wrong = settings.fields.iter();
        let wrong: Vec<_> = wrong
            .filter(|(name, value)| !is_field(name) || !is_value(value))
            .map(|(name, _)| name)
            .collect();
        for name in &wrong {
            let reason = "is no field with one plain value: no patterns, no control characters";
            let fix = "write a field such as service, and the exact value of one service";
            builder.problem(format!("scope.fields.{name}"), reason, fix);
        }
        wrong.is_empty().then(|| Self(settings.fields.clone()))
    }

    /// Whether a name is that of one of them, however it is written.
    pub fn has(&self, name: &str) -> bool {
        self.0.keys().any(|it| it.eq_ignore_ascii_case(name))
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// As the condition of a `filter` command.
    pub fn condition(&self) -> String {
        let each = self.0.iter();
        let each: Vec<_> = each
            .map(|(name, value)| format!("{name} = \"{}\"", escaped(value)))
            .collect();
        each.join(" and ")
    }

    /// As a part of a filter pattern; `None`: a value has what patterns have no way to write.
    pub fn pattern(&self) -> Option<String> {
        let is_plain = |value: &String| !value.contains(['"', '\\']);
        let each = self.0.iter();
        let each: Vec<_> = each
            .map(|(name, value)| format!("($.{name} = \"{value}\")"))
            .collect();
        self.0.values().all(is_plain).then(|| each.join(" && "))
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}

fn is_field(name: &str) -> bool {
    let starts = |it: char| it.is_ascii_alphabetic() || it == '_';
    let inner = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '.';
    name.len() <= MAX_FIELD && name.starts_with(starts) && name.chars().all(inner)
}

/// Printable, and no pattern. What hides, or turns the direction of what follows, is not printable.
fn is_value(value: &str) -> bool {
    let hides = |it: char| {
        it.is_control()
            || matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    (1..=MAX_VALUE).contains(&value.chars().count())
        && !value.contains('*')
        && !value.chars().any(hides)
}

//! Whether it is clear what approves.

use std::collections::BTreeSet;

use passport_connector_sdk::Builder;

use super::ids;
use crate::connectors::jira::{
    names,
    settings::{ApprovalSettings, ApprovalSource},
    wanted::{Approval, By},
};

/// Most persons that must approve.
const MAX_APPROVALS: u32 = 50;

impl ApprovalSettings {
    /// What approves, or problems.
    pub(super) fn check(&self, builder: &mut Builder<'_>) -> Option<Approval> {
        let rejected = ids(
            "approval.rejected_statuses",
            &self.rejected_statuses,
            builder,
        );
        let pending = ids("approval.pending_statuses", &self.pending_statuses, builder);
        let path = "approval.approved_resolutions";
        let resolutions = ids(path, &self.approved_resolutions, builder);
        let approved = self.approved(builder);
        let least = self.least(builder);
        let (rejected, pending, approved) = (rejected?, pending?, approved?);
        let by = match self.source {
            ApprovalSource::Status => {
                self.are_apart([&approved, &rejected, &pending], builder)?;
                By::Status { approved, pending }
            }
            ApprovalSource::Jsm => By::Rounds { least: least? },
            ApprovalSource::Field => By::Field {
                id: self.field.clone()?,
                approved,
            },
        };
        least?;
        Some(Approval {
            by,
            rejected,
            resolutions: resolutions?,
            separates_duties: self.separation_of_duties,
        })
    }

    /// Ids that approve: of statuses, or of the field's options.
    fn approved(&self, builder: &mut Builder<'_>) -> Option<BTreeSet<String>> {
        let statuses = ids(
            "approval.approved_statuses",
            &self.approved_statuses,
            builder,
        );
        let values = ids("approval.approved_values", &self.approved_values, builder);
        let is_field = self.field.as_deref().is_some_and(names::is_field);
        let (statuses, values) = (statuses?, values?);
        match self.source {
            ApprovalSource::Status if statuses.is_empty() => {
                let fix = "write the ids of the statuses that approve, such as [\"10010\"]";
                builder.problem(
                    "approval.approved_statuses",
                    "lets nothing be approved",
                    fix,
                );
                None
            }
            ApprovalSource::Field if !is_field => {
                let fix = "write the field's id, such as customfield_10050";
                builder.problem("approval.field", "is no id of a custom field", fix);
                None
            }
            ApprovalSource::Field if values.is_empty() => {
                let fix = "write the ids of the options that approve, such as [\"10101\"]";
                builder.problem("approval.approved_values", "lets nothing be approved", fix);
                None
            }
            ApprovalSource::Field => Some(values),
            ApprovalSource::Status | ApprovalSource::Jsm => Some(statuses),
        }
    }

    fn least(&self, builder: &mut Builder<'_>) -> Option<u32> {
        if !(1..=MAX_APPROVALS).contains(&self.min_approvals) {
            builder.problem(
                "approval.min_approvals",
                "is not from 1 to 50",
                "write 1 to 50",
            );
            return None;
        }
        Some(self.min_approvals)
    }

    /// One status can't mean two things.
    fn are_apart(&self, sets: [&BTreeSet<String>; 3], builder: &mut Builder<'_>) -> Option<()> {
        let named: usize = sets.iter().map(|it| it.len()).sum();
        let distinct: BTreeSet<_> = sets.into_iter().flatten().collect();
        if distinct.len() < named {
            let fix = "list each id once";
            builder.problem("approval", "gives one status two meanings", fix);
            return None;
        }
        Some(())
    }
}

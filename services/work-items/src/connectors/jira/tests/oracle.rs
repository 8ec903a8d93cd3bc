//! What may pass, read from the same JSON in another way.

use std::collections::BTreeSet;

use serde_json::Value;

use super::bench::VERSION;

/// Whether a fact may pass of these answers, where the approval is read by `by`.
pub fn may_pass(answers: &Value, by: &str, fact: &str) -> bool {
    let fields = &answers["ticket"]["fields"];
    match fact {
        "linked_ticket" => is_ours(answers) && answers["ticket"]["key"] == "PAY-142",
        "change_approval" => is_ours(answers) && is_approved(answers, by),
        "approver_state" => is_ours(answers) && have_approved(answers),
        "separation_of_duties" => is_ours(answers) && by == "rounds" && are_apart(answers),
        "change_window" => {
            is_ours(answers)
                && fields["customfield_2"] == "2026-05-03T09:00:00.000+0000"
                && fields["customfield_3"] == "2026-05-03T11:00:00.000+0000"
        }
        "blocking_issue_count" => {
            let links = fields["issuelinks"].as_array();
            is_ours(answers) && links.is_some_and(|all| all.iter().all(is_no_matter))
        }
        "ticket_release_match" => {
            let versions = fields["fixVersions"].as_array().into_iter().flatten();
            let labels = fields["labels"].as_array().into_iter().flatten();
            let mut names = versions.map(|it| &it["name"]).chain(labels);
            is_ours(answers) && names.any(|it| it == VERSION)
        }
        _ => false,
    }
}

/// Whether the ticket is surely in an allowed project, and of the type.
fn is_ours(answers: &Value) -> bool {
    let ticket = &answers["ticket"];
    let project = ticket["fields"]["project"]["key"].as_str();
    let key = ticket["key"].as_str().unwrap_or_default();
    let is_in = |it: &str| key.starts_with(&format!("{it}-"));
    let kind = &ticket["fields"]["issuetype"];
    let name = kind["name"].as_str().unwrap_or_default();
    let is_kind = kind["id"] == "Change" || name.to_lowercase() == "change";
    is_kind && project.is_some_and(|it| matches!(it, "PAY" | "OPS") && is_in(it))
}

fn is_approved(answers: &Value, by: &str) -> bool {
    let fields = &answers["ticket"]["fields"];
    let Some(status) = fields["status"]["id"].as_str() else {
        return false;
    };
    let resolution = fields.get("resolution");
    let is_sound = resolution.is_some_and(|it| it.is_null() || it["id"] == "10000");
    let decided = match by {
        "status" => matches!(status, "10010" | "10011"),
        "field" => fields["customfield_1"]["id"] == "10101",
        _ => latest(answers).is_some_and(|it| it["finalDecision"] == "approved"),
    };
    status != "10012" && is_sound && decided
}

/// The round that surely began last.
fn latest(answers: &Value) -> Option<&Value> {
    let rounds = answers["rounds"]["values"].as_array()?;
    if answers["rounds"]["whole"] != true {
        return None;
    }
    if let [one] = rounds.as_slice() {
        return Some(one);
    }
    let began: Option<Vec<i64>> = rounds
        .iter()
        .map(|it| it["createdDate"]["epochMillis"].as_i64())
        .collect();
    let began = began?;
    let last = began.iter().max()?;
    let at = began.iter().position(|it| it == last)?;
    let is_one = began.iter().filter(|it| *it == last).count() == 1;
    is_one.then(|| &rounds[at])
}

fn approved(round: &Value) -> Vec<&Value> {
    let all = round["approvers"].as_array().into_iter().flatten();
    all.filter(|it| it["approverDecision"] == "approved")
        .collect()
}

fn have_approved(answers: &Value) -> bool {
    let Some(round) = latest(answers) else {
        return false;
    };
    let answers = round["approvers"].as_array().into_iter().flatten();
    let mut words = answers.map(|it| it["approverDecision"].as_str().unwrap_or_default());
    let persons: BTreeSet<_> = approved(round)
        .into_iter()
        .map(|it| it["approver"]["accountId"].as_str())
        .collect();
    let are_known = words.all(|it| matches!(it, "" | "pending" | "approved"));
    are_known
        && persons.len() >= 2
        && !persons.contains(&None)
        && round["finalDecision"] == "approved"
}

fn are_apart(answers: &Value) -> bool {
    let reporter = answers["ticket"]["fields"]["reporter"]["accountId"].as_str();
    let Some((reporter, round)) = reporter.zip(latest(answers)) else {
        return false;
    };
    let approved = approved(round);
    let is_other = |it: &&Value| {
        let person = it["approver"]["accountId"].as_str();
        person.is_some_and(|it| it != reporter)
    };
    !approved.is_empty() && approved.iter().all(is_other)
}

fn is_no_matter(link: &Value) -> bool {
    let target = &link["inwardIssue"];
    let is_done = target["fields"]["status"]["statusCategory"]["key"] == "done";
    let reads = link["type"]["inward"].as_str().unwrap_or_default();
    let is_other = matches!(reads, "relates to" | "is cloned by" | "is duplicated by");
    is_done || is_other || (target.is_null() && link["outwardIssue"].is_object())
}

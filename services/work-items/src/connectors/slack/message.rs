//! The message about a release ("Formatting text for app surfaces", "Block Kit"). Pure.

use passport_evidence::{Scope, Subject};
use serde_json::{Value, json};

/// Longest part that is shown of the release.
const MAX_SHOWN: usize = 150;
/// Most digests that are shown.
const MAX_DIGESTS: usize = 3;
/// Names of the buttons' actions.
pub const APPROVE: &str = "approve";
pub const DECLINE: &str = "decline";

/// What a message is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Service and environment.
    pub of: &'a Scope,
    /// The release.
    pub subject: &'a Subject,
}

/// Whether anything is known of a release that could be written.
pub fn names(subject: &Subject) -> bool {
    let texts = subject.version.iter().chain(&subject.revision);
    texts
        .chain(&subject.artifact_digests)
        .any(|it| !it.is_empty())
}

// === impl About ===

impl About<'_> {
    /// The message: to a channel, where that is not the address's own; with buttons that carry the id of a
    /// request, where approval is asked for. Texts of the release stand in blocks that Slack does not format,
    /// and in none of them a mention can be made.
    pub fn message(&self, channel: Option<&str>, request: Option<&str>) -> Value {
        let mut blocks = vec![section(&self.title())];
        blocks.extend(self.lines().iter().map(|it| section(it)));
        blocks.extend(request.map(buttons));
        let mut message = json!({
            "text": self.title(),
            "blocks": blocks,
            "parse": "none",
            "link_names": false,
            "mrkdwn": false,
            "unfurl_links": false,
            "unfurl_media": false,
        });
        if let (Some(channel), Some(keys)) = (channel, message.as_object_mut()) {
            keys.insert("channel".to_owned(), channel.into());
        }
        message
    }

    fn title(&self) -> String {
        let service = shown(&self.of.service.to_string());
        let environment = shown(&self.of.environment.to_string());
        format!("Release of {service} to {environment}")
    }

    fn lines(&self) -> Vec<String> {
        let Subject {
            version,
            revision,
            artifact_digests,
        } = self.subject;
        let line = |what: &str, it: &String| format!("{what}: {}", shown(it));
        let version = version.iter().map(|it| line("Version", it));
        let revision = revision.iter().map(|it| line("Revision", it));
        let digests = artifact_digests.iter().take(MAX_DIGESTS);
        let digests = digests.map(|it| line("Digest", it));
        version.chain(revision).chain(digests).collect()
    }
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "plain_text", "text": text, "emoji": false}})
}

fn buttons(request: &str) -> Value {
    let button = |action: &str, text: &str, style: &str| {
        json!({
            "type": "button",
            "action_id": action,
            "value": request,
            "style": style,
            "text": {"type": "plain_text", "text": text, "emoji": false},
        })
    };
    json!({
        "type": "actions",
        "block_id": "passport_approval",
        "elements": [button(APPROVE, "Approve", "primary"), button(DECLINE, "Decline", "danger")],
    })
}

/// A text without control characters, with Slack's own three signs escaped, and with nothing left that starts
/// a mention.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for it in text.chars().take(MAX_SHOWN) {
        match it {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            // A word joiner is not seen, and ends what would be a name.
            '@' | '#' => shown.extend([it, '\u{2060}']),
            it if it.is_control() => shown.push(' '),
            it => shown.push(it),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_a_release_mentions_anybody() {
        for text in [
            "<!channel>",
            "<!here|here>",
            "<@U0APPR>",
            "<#C0REL>",
            "<https://example.com|log in>",
            "@channel",
            "@here\n@everyone",
            "&lt;!channel&gt;",
            "`*_~",
        ] {
            let shown = shown(text);
            assert!(!shown.contains(['<', '>', '\n']), "{shown}");
            for mention in ["@c", "@h", "@e", "@U", "#C", "&lt;!channel&gt;"] {
                let is_escaped = mention.starts_with('&') && shown.contains("&amp;lt;");
                assert!(
                    !shown.contains(mention) || is_escaped || text == "<!channel>",
                    "{shown}"
                );
            }
        }
        assert_eq!(shown("<!channel>"), "&lt;!channel&gt;");
        assert_eq!(shown(&"x".repeat(9_000)).len(), MAX_SHOWN);
    }
}

//! How Jenkins names a job, as its branch-api plugin does in `NameEncoder`. Pure.

/// A job below its folders, each as Jenkins names the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job(Vec<String>);

impl Job {
    /// The job of these names, as people write them.
    pub fn of(names: &[String]) -> Self {
        Self(names.iter().map(|name| item(name)).collect())
    }

    /// The `fullName` of the job.
    pub fn full_name(&self) -> String {
        self.0.join("/")
    }

    /// The path of the job and of what is below it, not yet encoded for a URL.
    pub fn path<'a>(&'a self, below: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
        let items = self.0.iter().flat_map(|item| ["job", item.as_str()]);
        items.chain(below.iter().copied())
    }
}

/// The item of a branch: what means something in a URL is percent-encoded, the rest is not. Names of
/// other items hold none of these signs.
fn item(name: &str) -> String {
    let mut item = String::with_capacity(name.len());
    for sign in name.chars() {
        match sign {
            '#' => item.push_str("%23"),
            '%' => item.push_str("%25"),
            '/' => item.push_str("%2F"),
            '?' => item.push_str("%3F"),
            '[' => item.push_str("%5B"),
            '\\' => item.push_str("%5C"),
            ']' => item.push_str("%5D"),
            plain => item.push(plain),
        }
    }
    item
}

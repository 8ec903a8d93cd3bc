//! Where a repository comes from, as git's own configuration says.

use super::{RepositoryFile, RepositoryFiles, Why, plain};

/// The server and path of the remote `origin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The server, without user, password and port.
    pub host: String,
    /// The path on it, without `.git`: `acme/checkout-api`.
    pub path: String,
    /// Where it was read.
    pub why: Why,
}

impl RepositoryFiles {
    /// The remote `origin` of `.git/config`. `None` too where it is a folder of this machine.
    pub fn origin(&self) -> Option<Origin> {
        let file = self.get(".git/config")?;
        let mut is_origin = false;
        for (at, line) in file.text().lines().enumerate() {
            let line = line.trim();
            if line.starts_with('[') {
                is_origin = line == "[remote \"origin\"]";
                continue;
            }
            match line.split_once('=') {
                Some((key, url)) if is_origin && key.trim() == "url" => {
                    return Origin::of(url.trim(), file, at + 1);
                }
                Some(_) | None => {}
            }
        }
        None
    }
}

impl Origin {
    /// Of `https://host/path`, `ssh://user@host:port/path` or `user@host:path`.
    fn of(url: &str, file: &RepositoryFile, line: usize) -> Option<Self> {
        let (authority, path) = match url.split_once("://") {
            Some(("https" | "http" | "ssh" | "git", rest)) => rest.split_once('/')?,
            Some(_) => return None,
            None => url.split_once(':')?,
        };
        let host = authority.rsplit_once('@').map_or(authority, |it| it.1);
        let host = host.split_once(':').map_or(host, |it| it.0);
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let is_host = |it: &&str| it.contains('.') && !it.contains('/');
        Some(Self {
            host: plain(host).filter(is_host)?.to_ascii_lowercase(),
            path: plain(path)?.to_owned(),
            why: Why::new(file, line, "the remote origin"),
        })
    }
}

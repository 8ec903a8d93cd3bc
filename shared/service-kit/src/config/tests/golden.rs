//! Every bad file says exactly what stands beside it; `UPDATE_GOLDEN=1` writes it anew.

use std::fs;
use std::path::{Path, PathBuf};

use super::{StandIn, testdata};
use crate::config::{Report, load_bytes};

fn files(folder: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(testdata(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files = all
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect::<Vec<_>>();
    files.sort();
    files
}

fn report(file: &Path) -> Report {
    let bytes = fs::read(file).unwrap();
    load_bytes("passport.yaml", &bytes, &StandIn)
        .err()
        .unwrap_or_else(|| panic!("{} is good", file.display()))
}

#[test]
fn each_bad_file_says_exactly_what_is_wrong() {
    let files = files("bad");
    assert!(files.len() >= 60);
    let mut wrong = Vec::new();
    for file in &files {
        let report = report(file);
        let said = format!("{report}\n\n{}\n", report.picture(false));
        let golden = file.with_extension("expected");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &said).unwrap();
        }
        if fs::read_to_string(&golden).unwrap_or_default() != said {
            wrong.push(format!("{}:\n{said}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_good_file_is_good() {
    for file in files("good") {
        let bytes = fs::read(&file).unwrap();
        if let Err(report) = load_bytes("passport.yaml", &bytes, &StandIn) {
            panic!("{}:\n{report}", file.display());
        }
    }
}

#[test]
fn no_form_of_a_report_shows_a_secret() {
    for file in files("bad") {
        let report = report(&file);
        let json = serde_json::to_string(&report).unwrap();
        for said in [
            report.to_string(),
            report.picture(false),
            report.picture(true),
            json,
            format!("{report:?}"),
        ] {
            assert!(
                !said.contains("s3cr3t") && !said.contains("1234567890"),
                "{}:\n{said}",
                file.display()
            );
        }
    }
}

//! `passport detect`.

mod both;
mod cluster;
mod configuration;
mod ignored;
mod kubeconfig;
mod walk;

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use passport_connector_sdk::detect::{Origin, RepositoryFiles, plain};
use passport_evidence::{ServiceName, blank::blank};

use super::Session;
use crate::cli::Detect;
use crate::connectors::registry;
use crate::exit::{Exit, Fault};
use crate::output::{Detected, yaml};
use crate::terminal::remark;
use configuration::Place;

pub async fn run(args: &Detect, session: &Session) -> Result<Exit, Fault> {
    let root = args
        .path
        .canonicalize()
        .map_err(|error| no_folder(&error))?;
    let walked = walk::walk(&root).map_err(|error| no_folder(&error))?;
    let place = place(args, &root, &walked.files);
    let in_repository = registry().detect(&walked.files).collect();
    let in_cluster = match args.kube_context.as_deref().zip(args.namespace.as_deref()) {
        Some((context, namespace)) => cluster::detect(context, namespace).await?,
        None => Vec::new(),
    };
    let found = both::together(in_repository, in_cluster);
    let detected = configuration::propose(found, &place, walked.skipped);
    if let Some(file) = &args.write {
        write(file, &detected)?;
    }
    session.show(&detected)?;
    Ok(Exit::Answered)
}

fn no_folder(error: &io::Error) -> Fault {
    Fault::wrong(
        format!(
            "could not read the folder of the repository: {}",
            error.kind()
        ),
        "name a folder that is there and that you may read",
    )
}

/// Where the sources are proposed: as it was typed, as the repository is named, or a blank.
fn place(args: &Detect, root: &Path, files: &RepositoryFiles) -> Place {
    let typed = |name: Option<String>, wanted| name.unwrap_or_else(|| blank(wanted));
    let service = args.service.clone().or_else(|| named(root, files));
    Place {
        workspace: typed(
            args.workspace.as_ref().map(ToString::to_string),
            "name of the workspace",
        ),
        service: typed(service.map(|it| it.to_string()), "name of the service"),
        environment: typed(
            args.environment.as_ref().map(ToString::to_string),
            "name of the environment, such as production",
        ),
    }
}

/// The service that has the name of the repository.
fn named(root: &Path, files: &RepositoryFiles) -> Option<ServiceName> {
    let of_origin = |it: &Origin| it.path.rsplit('/').next().map(str::to_owned);
    let origin = files.origin().as_ref().and_then(of_origin);
    let folder = || Some(plain(root.file_name()?.to_str()?)?.to_owned());
    origin.or_else(folder)?.parse().ok()
}

/// Never over a file that is there: somebody may have filled in its blanks.
fn write(file: &Path, detected: &Detected) -> Result<(), Fault> {
    let Some(configuration) = &detected.configuration else {
        remark("nothing was recognized, so nothing is written");
        return Ok(());
    };
    let text = format!("{}{}", detected.comment(), yaml::write(configuration)?);
    let created = OpenOptions::new().write(true).create_new(true).open(file);
    let written = created.and_then(|mut created| created.write_all(text.as_bytes()));
    written.map_err(|error| {
        Fault::wrong(
            format!("could not write {}: {}", file.display(), error.kind()),
            "name a file that is not there yet, in a folder that is",
        )
    })
}

//! Where records are kept and which key signs them, as the configuration has it.

use std::path::Path;

use passport_policy::attest::Ed25519Signer;
use passport_service_kit::{
    config::model::{self, OwnSecret},
    own_secret,
    process::Fault,
};
use passport_store::{BadLocation, InTheClear, Location};

/// Where files are kept when the configuration does not say.
const DEFAULT_FOLDER: &str = "passport-data";

/// What the gateway's database is called, among those of the collectors.
const SERVICE: &str = "gateway";

pub(super) fn of(settings: &model::Store) -> Result<Location, Fault> {
    let Some(postgres) = &settings.postgres else {
        let folder = settings.folder.as_deref();
        return Ok(Location::in_folder(
            folder.unwrap_or(Path::new(DEFAULT_FOLDER)),
            SERVICE,
        ));
    };
    let wrong = |error: &dyn std::error::Error, next: &str| {
        Fault::wrong(format!("store.postgres: {error}"), next)
    };
    let url = own_secret::read(postgres);
    let url = url.map_err(|error| wrong(&error, "put the database's URL there"))?;
    let in_the_clear = match settings.allow_plain_postgres {
        true => InTheClear::Allowed,
        false => InTheClear::Refused,
    };
    let at = Location::in_postgres_with(url, SERVICE, in_the_clear);
    at.map_err(|error| match error {
        BadLocation::InTheClear => wrong(
            &error,
            "mend the URL, or set `store.allow_plain_postgres: true` where the network itself is \
             trusted",
        ),
        BadLocation::NotAUrl | BadLocation::NotPostgres | BadLocation::NoDatabase => {
            wrong(&error, "mend what `store.postgres` refers to")
        }
    })
}

pub(super) fn signer(key: Option<&OwnSecret>) -> Result<Option<Ed25519Signer>, Fault> {
    let Some(key) = key else {
        return Ok(None);
    };
    let next = "put a key there, made with `openssl genpkey -algorithm ed25519`";
    let wrong =
        |error: &dyn std::error::Error| Fault::wrong(format!("gateway.signing_key: {error}"), next);
    let pem = own_secret::read_key(key).map_err(|error| wrong(&error))?;
    let signer = Ed25519Signer::from_pem(&pem).map_err(|error| wrong(&error))?;
    Ok(Some(signer))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        std::fs::write(&file, include_str!("../tests/key.pem")).unwrap();
        let with = |mode| {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            signer(Some(&OwnSecret::File(file.clone())))
        };
        assert!(with(0o600).unwrap().is_some());
        assert!(with(0o440).unwrap().is_some(), "a Secret is for its group");
        for open in [0o604, 0o620, 0o644, 0o602] {
            let refused = with(open).unwrap_err().to_string();
            assert!(refused.contains("chmod 600"), "{open:o}: {refused}");
        }
    }
}

//! An image of one static program, from this machine's own files.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::{IMAGE, RealDocker, run};

const PROGRAMS: [&str; 4] = ["sh", "sleep", "true", "false"];
const PLACES: [&str; 2] = ["/bin/busybox", "/usr/bin/busybox"];
/// What a program names that is not static.
const LOADER: &[u8] = b"/ld-linux";

pub(super) fn import(engine: &RealDocker) -> Result<()> {
    let archive = archive(engine.home.path())?;
    let mut command = engine.command(&["import", "-", IMAGE]);
    run(command.stdin(Stdio::from(fs::File::open(archive)?))).map(drop)
}

/// The file system of the image, packed in a folder.
///
/// # Errors
/// There is no static program, or it can't be packed.
pub(crate) fn archive(home: &Path) -> Result<PathBuf> {
    let root = home.join("image");
    let bin = root.join("bin");
    fs::create_dir_all(&bin)?;
    fs::copy(busybox()?, bin.join("busybox"))?;
    for program in PROGRAMS {
        symlink("busybox", bin.join(program))?;
    }
    let archive = home.join("image.tar");
    pack(&root, &archive)?;
    Ok(archive)
}

fn pack(root: &Path, archive: &Path) -> Result<()> {
    let mut command = Command::new("tar");
    command.arg("-C").arg(root).arg("-cf").arg(archive).arg(".");
    let status = command.status().context("running tar")?;
    ensure!(status.success(), "tar ended with {status}");
    Ok(())
}

fn busybox() -> Result<PathBuf> {
    let is_static = |it: &PathBuf| {
        let program = fs::read(it).unwrap_or_default();
        !program.is_empty() && !program.windows(LOADER.len()).any(|it| it == LOADER)
    };
    let mut found = PLACES.map(PathBuf::from).into_iter().filter(is_static);
    found.next().context(
        "there is no static `busybox` to make an image of: integration-tests/test.sh installs it \
         (busybox-static)",
    )
}

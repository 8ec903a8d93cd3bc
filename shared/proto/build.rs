//! Compiles `proto/` without an installed protoc.

use std::{env, error::Error, fs, path::PathBuf};

const FILES: [&str; 8] = [
    "passport/evidence/v1/scope.proto",
    "passport/evidence/v1/reason.proto",
    "passport/evidence/v1/fact.proto",
    "passport/evidence/v1/evidence.proto",
    "passport/evidence/v1/descriptor.proto",
    "passport/collector/v1/collector.proto",
    "passport/gateway/v1/passport.proto",
    "passport/gateway/v1/gateway.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=../../proto");
    let descriptors = protox::compile(FILES, ["../../proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(
        out.join("passport.binpb"),
        prost_message_bytes(&descriptors),
    )?;
    tonic_prost_build::configure()
        .bytes(".passport")
        .compile_fds(descriptors)?;
    Ok(())
}

fn prost_message_bytes(descriptors: &impl prost::Message) -> Vec<u8> {
    descriptors.encode_to_vec()
}

//! Protobuf messages and gRPC services of Passport Mesh, generated from `proto/`.

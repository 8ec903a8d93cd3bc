use std::{
    io,
    panic::{catch_unwind, take_hook},
    sync::{Arc, Mutex},
};

use tracing_subscriber::{fmt, layer::SubscriberExt as _};

use super::*;

/// Text that was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_is_logged_by_its_place_alone() {
    let written = Written::default();
    let writer = written.clone();
    let layer = fmt::layer().with_writer(move || writer.clone());
    let subscriber = tracing_subscriber::registry().with(layer);
    let usual = take_hook();
    tell_place_only();
    tracing::subscriber::with_default(subscriber, || {
        catch_unwind(|| panic!("not with hunter2")).unwrap_err();
    });
    std::panic::set_hook(usual);
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains(file!()), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

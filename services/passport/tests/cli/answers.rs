//! What a gateway answers, in every form.

mod evidence;
mod ingest;
mod lists;
mod notices;

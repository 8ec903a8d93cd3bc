mod chain;
mod reading;
mod signing;

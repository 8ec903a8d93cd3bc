mod reading;
mod signing;

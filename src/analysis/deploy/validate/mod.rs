//! Go or no-go.

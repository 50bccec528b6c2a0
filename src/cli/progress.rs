//! A bar for long work on a terminal, and Ctrl-C that ends the work cleanly.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::run::Control;

/// How often the bar is drawn.
const EVERY: Duration = Duration::from_millis(100);

/// A bar that follows a run until it is ended.
pub struct Progress {
    over: Arc<AtomicBool>,
    follower: Option<JoinHandle<()>>,
}

impl Progress {
    /// The control of a run, which Ctrl-C stops, and its bar: on standard error, and only if that is a terminal.
    pub fn begin(quiet: bool) -> (Arc<Control>, Self) {
        let control = Arc::new(Control::default());
        let stopped = Arc::clone(&control);
        // A second Ctrl-C ends the program at once, for whoever cannot wait for the replications under way.
        let handler = move || {
            if stopped.stop.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        };
        if ctrlc::set_handler(handler).is_err() {
            super::out::tell("warning: Ctrl-C ends this run without its results\n");
        }
        let over = Arc::new(AtomicBool::new(false));
        let follower = (!quiet && std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .then(|| follow(Arc::clone(&control), Arc::clone(&over)));
        (control, Self { over, follower })
    }

    /// Takes the bar away.
    pub fn end(self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(follower) = self.follower {
            // A bar that failed is no reason to lose the results.
            let _ = follower.join();
        }
    }
}

fn follow(control: Arc<Control>, over: Arc<AtomicBool>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = |template| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let (unknown, known) = (style("{msg}"), style("{bar:30} {msg}, {eta} left"));
        while !over.load(Ordering::Relaxed) {
            let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
            let (done, goal) = (read(&control.done), read(&control.goal));
            let what = match goal {
                0 => "beginning".to_owned(),
                _ => format!("{} of {} replications", HumanCount(done), HumanCount(goal)),
            };
            let ending = if control.stop.load(Ordering::Relaxed) { " (ending with the results so far)" } else { "" };
            bar.set_style(if goal == 0 { unknown.clone() } else { known.clone() });
            bar.set_message(what + ending);
            bar.set_length(1_000 * goal);
            bar.set_position((1_000 * done).max(read(&control.thousandths)));
            std::thread::sleep(EVERY);
        }
        bar.finish_and_clear();
    })
}

//! Draws the lanes. Everything is placed in percent of the width, so that one picture serves the desk and the phone; labels
//! are text of the page and are cut by it.

use super::lanes::{Lane, Lanes, Mark};
use super::markup::Markup;
use crate::rules::translation::Words;

/// From the top of one lane to the top of the next.
const LANE: usize = 42;
/// From the top of a lane to the middle of its marks.
const MIDDLE: usize = 29;
/// The marks of the axis, above the lanes.
const HEAD: usize = 24;

/// What the marks mean.
pub(super) fn legend(m: &mut Markup, words: Words<'_>) {
    m.element("ul", &[("class", "legend"), ("aria-label", words.say("Legend"))], |m| {
        for (kind, word) in [
            ("failed", words.say("failed")),
            ("restored", words.say("restored")),
            ("seen", words.say("finding seen")),
            ("evidence", words.say("quoted evidence")),
            ("log", words.say("log or output")),
            ("gap", words.say("gap")),
            ("capture", words.say("capture")),
            ("valid", words.say("certificate valid")),
            ("invalid", words.say("not valid")),
        ] {
            m.element("li", &[], |m| {
                m.element("svg", &[("class", "sample"), ("width", "22"), ("height", "12"), ("aria-hidden", "true")], |m| {
                    let (x, width) = if is_point(kind) { ("11", "0") } else { ("1", "20") };
                    shape(m, kind, x, width, 6, "");
                });
                m.text(word);
            });
        }
    });
}

/// The picture of one device.
pub(super) fn figure(m: &mut Markup, words: Words<'_>, name: &str, device: Option<&str>, lanes: &Lanes) {
    let height = HEAD + LANE * lanes.lanes.len() + 6;
    m.element("figure", &[], |m| {
        m.leaf("h3", &[], name);
        let label = words.fill("Timeline of {}", &[name]);
        let size = height.to_string();
        let attributes = [
            ("class", "lanes"),
            ("data-device", device.unwrap_or_default()),
            ("role", "group"),
            ("aria-label", label.as_str()),
            ("width", "100%"),
            ("height", size.as_str()),
        ];
        m.element("svg", &attributes, |m| {
            ticks(m, words, lanes, height);
            for (at, lane) in lanes.lanes.iter().enumerate() {
                draw(m, lanes, lane, HEAD + at * LANE);
            }
        });
        m.element("figcaption", &[], |m| {
            m.text(&words.fill("{}.", &[&lanes.axis.days(words)]));
            m.text(words.say(" "));
            m.text(&lanes.clock.words(words));
            if !lanes.left_out.is_empty() {
                m.text(&words.fill(" Not drawn: {}.", &[&lanes.left_out.join(words.say(", "))]));
            }
        });
    });
}

fn ticks(m: &mut Markup, words: Words<'_>, lanes: &Lanes, height: usize) {
    m.element("g", &[("class", "axis"), ("aria-hidden", "true")], |m| {
        for (nth, tick) in lanes.axis.ticks(words).into_iter().enumerate() {
            let at = lanes.axis.percent(tick.at);
            let x = percent(at);
            let class = if nth % 2 == 0 { "tick" } else { "tick odd" };
            let anchor = if at < 8.0 {
                "start"
            } else if at > 92.0 {
                "end"
            } else {
                "middle"
            };
            m.shape("line", &[("x1", &x), ("x2", &x), ("y1", "18"), ("y2", &height.to_string())], "");
            m.leaf("text", &[("class", class), ("x", &x), ("y", "12"), ("text-anchor", anchor)], &tick.text);
        }
    });
}

fn draw(m: &mut Markup, lanes: &Lanes, lane: &Lane, top: usize) {
    let middle = top + MIDDLE;
    let y = middle.to_string();
    let text = (top + 2).to_string();
    m.element("g", &[("class", &format!("lane {}", lane.kind)), ("role", "group"), ("aria-label", &lane.label)], |m| {
        m.element("foreignObject", &[("x", "0"), ("y", &text), ("width", "100%"), ("height", "18")], |m| {
            m.element("div", &[("class", "label")], |m| match lane.rank {
                Some(rank) => m.leaf("a", &[("href", &format!("#finding-{rank}"))], &lane.label),
                None => m.text(&lane.label),
            });
        });
        m.shape("line", &[("class", "ground"), ("x1", "0"), ("x2", "100%"), ("y1", &y), ("y2", &y)], "");
        for mark in &lane.marks {
            place(m, lanes, mark, middle);
        }
    });
}

fn place(m: &mut Markup, lanes: &Lanes, mark: &Mark, middle: usize) {
    let (from, to) = (lanes.axis.percent(mark.from), lanes.axis.percent(mark.to));
    if to <= from && (mark.kind == "valid" || mark.kind == "invalid") {
        // It ended before anything drawn here began, or begins afterwards.
        return;
    }
    // Nothing that lasts is too short to be seen.
    let width = percent(if is_point(mark.kind) { to - from } else { (to - from).max(0.05) });
    shape(m, mark.kind, &percent(from), &width, middle, &mark.title);
}

fn percent(part: f64) -> String {
    format!("{part:.2}%")
}

fn is_point(kind: &str) -> bool {
    matches!(kind, "failed" | "restored" | "evidence")
}

/// A mark. Points keep their size at any width; several of a kind that lie close together are a band with a point at its begin.
fn shape(m: &mut Markup, kind: &'static str, x: &str, width: &str, middle: usize, title: &str) {
    let y = |up: usize| middle.saturating_sub(up).to_string();
    let class = format!("mark {kind}");
    let named: &[(&'static str, &str)] = &[("class", &class), ("role", "img"), ("aria-label", title)];
    let silent: &[(&'static str, &str)] = &[("class", &class)];
    m.element("g", if title.is_empty() { silent } else { named }, |m| {
        if !title.is_empty() {
            m.leaf("title", &[], title);
        }
        let band = |m: &mut Markup, height: usize| {
            let (top, tall) = (y(height / 2), height.to_string());
            m.shape("rect", &[("x", x), ("y", &top), ("width", width), ("height", &tall), ("rx", "1.5"), ("class", "band")], "");
        };
        match kind {
            "failed" | "restored" => {
                // What fails and recovers within minutes must not hide itself: one above the line, the other below.
                let middle = if title.is_empty() {
                    middle
                } else if kind == "failed" {
                    middle - 4
                } else {
                    middle + 5
                };
                if width != "0" && width != "0.00%" {
                    let (top, tall) = ((middle - 2).to_string(), "4");
                    m.shape("rect", &[("x", x), ("y", &top), ("width", width), ("height", tall), ("class", "band")], "");
                }
                m.element("svg", &[("x", x), ("y", &middle.to_string()), ("overflow", "visible"), ("width", "1"), ("height", "1")], |m| {
                    if kind == "failed" {
                        m.shape("path", &[("d", "M0-5.5 5.5 0 0 5.5-5.5 0Z")], "");
                    } else {
                        m.shape("circle", &[("r", "4")], "");
                    }
                });
            }
            "evidence" => m.shape("line", &[("x1", x), ("x2", x), ("y1", &y(7)), ("y2", &(middle + 7).to_string())], ""),
            "seen" => band(m, 8),
            _ => band(m, 10),
        }
    });
}

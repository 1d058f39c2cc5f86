//! Log-odds of the named strengths and the probability they make.

use crate::rules::model::Weight;

/// Log-odds that an item of this strength adds when it holds.
pub(super) fn weight(weight: Weight) -> f64 {
    match weight {
        Weight::Decisive => 6.5,
        Weight::Strong => 4.3,
        Weight::Supporting => 1.2,
        Weight::Against => -3.5,
        Weight::RulesOut => -20.0,
    }
}

/// The name used in reports.
pub(super) fn name(weight: Weight) -> &'static str {
    match weight {
        Weight::Decisive => "decisive",
        Weight::Strong => "strong",
        Weight::Supporting => "supporting",
        Weight::Against => "against",
        Weight::RulesOut => "rules-out",
    }
}

/// The probability of log-odds, to four decimals, so that it is the same on every machine and never quite 0 or 1.
pub(super) fn probability(log_odds: f64) -> f64 {
    let exact = 1.0 / (1.0 + (-log_odds).exp());
    ((exact * 10_000.0).round() / 10_000.0).clamp(0.0001, 0.9999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strengths_are_worth_what_they_say() {
        let prior = -2.5;
        let p = |weights: &[Weight]| probability(prior + weights.iter().map(|w| weight(*w)).sum::<f64>());
        assert!(p(&[Weight::Decisive]) > 0.95);
        assert!((0.8..0.9).contains(&p(&[Weight::Strong])));
        assert!(p(&[Weight::Strong, Weight::Supporting]) > 0.9);
        assert!(p(&[Weight::Strong, Weight::Against]) < 0.3);
        assert!(p(&[Weight::Supporting, Weight::Supporting]) < 0.5);
        assert!(p(&[Weight::Decisive, Weight::Strong, Weight::RulesOut]) < 0.1);
    }
}

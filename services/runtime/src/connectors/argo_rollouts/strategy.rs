//! How a Rollout is rolled out, as far as it is read.

use serde::{Deserialize, de::IgnoredAny};

/// How it is rolled out: one of these.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Strategy {
    pub canary: Option<Canary>,
    pub blue_green: Option<BlueGreen>,
}

/// In steps.
#[derive(Debug, Clone, Deserialize)]
pub struct Canary {
    steps: Option<Vec<Step>>,
    /// Runs beside the steps.
    analysis: Option<Background>,
}

/// An analysis beside the steps. Without a template there is none.
#[derive(Debug, Clone, Deserialize)]
struct Background {
    templates: Option<Vec<IgnoredAny>>,
}

/// A step.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    pub analysis: Option<IgnoredAny>,
    pub pause: Option<Pause>,
}

/// A pause: without a duration until somebody promotes.
#[derive(Debug, Clone, Deserialize)]
pub struct Pause {
    pub duration: Option<IgnoredAny>,
}

/// Beside what runs, which it then replaces.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlueGreen {
    pre_promotion_analysis: Option<IgnoredAny>,
    post_promotion_analysis: Option<IgnoredAny>,
    /// It is promoted by itself after so long.
    pub auto_promotion_seconds: Option<u32>,
}

/// An analysis that a Rollout declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Analysis {
    /// Of the step of this number.
    Step(usize),
    /// Beside the steps.
    Background,
    /// Before traffic goes to what is new.
    PrePromotion,
    /// After it.
    PostPromotion,
}

// === impl Strategy ===

impl Strategy {
    /// The steps. Empty where there are none.
    pub fn steps(&self) -> &[Step] {
        let steps = self.canary.as_ref().and_then(|it| it.steps.as_deref());
        steps.unwrap_or_default()
    }

    /// The analyses that are declared.
    pub fn analyses(&self) -> Vec<Analysis> {
        let steps = self.steps().iter().enumerate();
        let of_steps = steps.filter(|(_, step)| step.analysis.is_some());
        let of_steps = of_steps.map(|(index, _)| Analysis::Step(index));
        let beside = self.canary.as_ref().and_then(|it| it.analysis.as_ref());
        let templates = beside.and_then(|it| it.templates.as_deref());
        let promotion = |it: fn(&BlueGreen) -> bool| self.blue_green.as_ref().is_some_and(it);
        let others = [
            (
                Analysis::Background,
                templates.is_some_and(|it| !it.is_empty()),
            ),
            (
                Analysis::PrePromotion,
                promotion(|it| it.pre_promotion_analysis.is_some()),
            ),
            (
                Analysis::PostPromotion,
                promotion(|it| it.post_promotion_analysis.is_some()),
            ),
        ];
        let others = others.into_iter().filter(|(_, is_declared)| *is_declared);
        of_steps.chain(others.map(|(it, _)| it)).collect()
    }
}

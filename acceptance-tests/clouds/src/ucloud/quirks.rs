//! Behaviour that is legal JSON over a healthy connection and still not what was documented.

/// Departures from the documented behaviour, for all requests until they are changed.
#[derive(Clone, Debug, Default)]
pub struct Quirks {
    /// Every page is the first page.
    pub ignore_offset: bool,
    /// The request with this `Offset` gets the page before it once more.
    pub repeat_page_at: Option<usize>,
    /// What `TotalCount` says.
    pub total_count: TotalCount,
    /// The order of the list.
    pub order: Order,
    /// `ImageIds.N` has no effect, as in releases of the API before it was introduced.
    pub ignore_image_ids: bool,
    /// `FuncType` has no effect even if its value is a known one.
    pub ignore_func_type: bool,
    /// Whether and how `ImageSet` is present.
    pub image_set: ImageSetShape,
    /// `RetCode` is a string in every answer.
    pub ret_code_as_text: bool,
    /// Distortions of the items.
    pub items: ItemQuirks,
}

/// Distortions of the items in `ImageSet`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ItemQuirks {
    /// `CreateTime` is a string of digits.
    pub create_time_as_text: bool,
    /// What `ImageSize` looks like.
    pub image_size: SizeShape,
}

impl ItemQuirks {
    pub(super) fn is_none(&self) -> bool {
        !self.create_time_as_text && matches!(self.image_size, SizeShape::Integer)
    }
}

/// What `TotalCount` says.
#[derive(Clone, Copy, Debug, Default)]
pub enum TotalCount {
    /// The number of images that meet the conditions.
    #[default]
    Exact,
    /// This number, whatever the list holds.
    Fixed(i64),
    /// The field is absent.
    Missing,
}

/// The order in which images are listed.
#[derive(Clone, Copy, Debug, Default)]
pub enum Order {
    /// As they were given to the simulation.
    #[default]
    AsGiven,
    /// Shuffled by this seed, the same way for every request.
    Shuffled(u64),
    /// Shuffled again for each request, so that pages overlap and leave gaps.
    Unstable(u64),
}

/// Whether and how `ImageSet` is present in an answer.
#[derive(Clone, Copy, Debug, Default)]
pub enum ImageSetShape {
    /// An array, as documented.
    #[default]
    Array,
    /// `null`.
    Null,
    /// No such field.
    Absent,
}

/// What `ImageSize` looks like.
#[derive(Clone, Copy, Debug, Default)]
pub enum SizeShape {
    /// An integer, as documented.
    #[default]
    Integer,
    /// 20.5
    Fraction,
    /// `null`
    Null,
}

/// Shuffles deterministically; the same seed and length give the same order on every machine.
pub(super) fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        let bound = u64::try_from(last).unwrap_or(u64::MAX - 1) + 1;
        let pick = usize::try_from(split_mix(&mut state) % bound).unwrap_or_default();
        items.swap(last, pick);
    }
}

/// SplitMix64: small, good enough for an order, and stable for ever.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

//! Remembers admissions until the responses come.

/// The latest admissions, by number. Only the latest, because nobody tells the module when a client
/// goes away.
#[derive(Debug)]
pub struct Admitted<T> {
    next: u32,
    kept: Vec<Option<(u32, T)>>,
}

impl<T> Default for Admitted<T> {
    fn default() -> Self {
        Self { next: 0, kept: Vec::new() }
    }
}

impl<T> Admitted<T> {
    /// Keeps an admission, and returns its number. If there are too many, the oldest is forgotten.
    pub fn keep(&mut self, admission: T) -> u32 {
        let number = self.next;
        self.next = number.wrapping_add(1) % NUMBERS;
        let place = place(number);
        if place >= self.kept.len() {
            self.kept.resize_with(place.saturating_add(1), || None);
        }
        if let Some(kept) = self.kept.get_mut(place) {
            *kept = Some((number, admission));
        }
        number
    }

    /// Takes the admission with this number, or `None` if it was forgotten. Then the response goes
    /// to nobody.
    pub fn take(&mut self, number: u32) -> Option<T> {
        let kept = self.kept.get_mut(place(number))?;
        kept.take_if(|(other, _)| *other == number).map(|(_, admission)| admission)
    }
}

/// An isolate has not memory for nearly as many requests.
const AT_MOST: u32 = 8_192;

/// The other four bits of the 32 have another meaning.
const NUMBERS: u32 = 1 << 28;

fn place(number: u32) -> usize {
    (number % AT_MOST) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn each_is_found_once_and_by_its_own_number_only() {
        let mut admitted = Admitted::default();
        let (one, two) = (admitted.keep("one"), admitted.keep("two"));
        assert_ne!(one, two);
        assert_eq!((admitted.take(one), admitted.take(one)), (Some("one"), None));
        assert!(admitted.take(two.wrapping_add(AT_MOST)).is_none());
        assert_eq!(admitted.take(two), Some("two"));
        assert!(admitted.take(u32::MAX).is_none());
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let mut admitted = Admitted { next: NUMBERS - 1, ..Admitted::default() };
        let numbers: Vec<u32> = (0..=AT_MOST).map(|which| admitted.keep(which)).collect();
        assert_eq!(numbers[1], 0);
        assert!(admitted.take(numbers[0]).is_none());
        assert!(numbers[1..].iter().all(|number| admitted.take(*number).is_some()));
        assert_eq!(admitted.kept.len(), AT_MOST as usize);
    }
}

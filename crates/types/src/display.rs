//! `display`: in what kind of window the pages appear (`OpenID` Connect Core §3.1.2.1). It is a wish: a value that is not
//! known is no fault of the request.

/// How the client shows the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Display {
    /// In a whole window, as when nothing is said.
    #[default]
    Page,
    /// In a small window of its own, for which the pages should not be wider than they must be.
    Popup,
    /// On a device that is used with fingers.
    Touch,
    /// On a telephone with a small screen.
    Wap,
}

impl Display {
    /// All values, as discovery lists them (`display_values_supported`).
    pub const ALL: [Self; 4] = [Self::Page, Self::Popup, Self::Touch, Self::Wap];

    /// The value of the parameter. Case-sensitive; `None` for one that is not known.
    pub fn parse(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|display| display.as_str() == value)
    }

    /// As it travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Popup => "popup",
            Self::Touch => "touch",
            Self::Wap => "wap",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Display;

    #[test]
    fn values_are_read_as_they_are_written_and_nothing_else_is() {
        for display in Display::ALL {
            assert_eq!(Display::parse(display.as_str()), Some(display));
        }
        for other in ["", "Popup", "popup touch", "popup ", "hologram"] {
            assert_eq!(Display::parse(other), None, "{other:?}");
        }
        assert_eq!(Display::default(), Display::Page);
    }
}

//! Constructors that take what the generated crate calls mandatory, in its order, which is that of the alphabet.

/// Gives a type the function `new` with these members as parameters; all others have their defaults. What the field has
/// in a box comes without one.
macro_rules! with_mandatory {
    ($name:ident { $($member:ident: $kind:ty),+ $(,)? }) => {
        impl $name {
            /// With the members that the generated crate takes for mandatory.
            #[allow(clippy::too_many_arguments, reason = "the parameters are those of the generated crate")]
            pub fn new($($member: $kind),+) -> Self {
                #[allow(clippy::needless_update, reason = "some types have no other members")]
                Self { $($member: $member.into(),)+ ..Self::default() }
            }
        }
    };
}

pub(super) use with_mandatory;

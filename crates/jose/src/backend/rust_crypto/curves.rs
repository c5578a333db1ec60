//! The curves of NIST, whose crates have the same names for the same things.

use crate::Secret;
use crate::algorithm::Family;
use crate::backend::Refused;

/// Runs an expression with the crate of a family's curve under a short name, or is refused where there is none.
macro_rules! on_curve {
    ($family:expr, $curve:ident => $action:expr) => {
        match $family {
            $crate::algorithm::Family::P256 => {
                use p256 as $curve;
                $action
            }
            $crate::algorithm::Family::P384 => {
                use p384 as $curve;
                $action
            }
            #[cfg(feature = "rust-crypto")]
            $crate::algorithm::Family::P521 => {
                use p521 as $curve;
                $action
            }
            _ => Err($crate::backend::Refused),
        }
    };
}

#[cfg(feature = "rust-crypto")]
pub(super) use on_curve;

/// A fresh private scalar.
pub(super) fn fresh_scalar(family: Family) -> Result<Secret<Vec<u8>>, Refused> {
    on_curve!(family, curve => {
        use curve::elliptic_curve::Generate;
        let key = curve::SecretKey::try_generate_from_rng(&mut getrandom::SysRng).map_err(|_| Refused)?;
        Ok(Secret::new(key.to_bytes().to_vec()))
    })
}

/// The public point of a private scalar, uncompressed.
pub(crate) fn public_point(family: Family, scalar: &[u8]) -> Result<Vec<u8>, Refused> {
    on_curve!(family, curve => {
        use curve::elliptic_curve::sec1::ToSec1Point;
        let key = curve::SecretKey::from_slice(scalar).map_err(|_| Refused)?;
        Ok(key.public_key().to_sec1_point(false).as_bytes().to_vec())
    })
}

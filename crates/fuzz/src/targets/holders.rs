//! What a sender shows of what it holds: DPoP proofs, and certificates that a proxy forwards.

use symbolon_server::fuzzing;

use super::text;
use crate::Target;

/// A DPoP proof, or its claims (RFC 9449 §4.3).
pub const DPOP_PROOF: Target = Target {
    name: "dpop_proof",
    run: |bytes| fuzzing::dpop_proof(&text(bytes)),
    seeds: &[
        r#"{"jti":"a","htm":"POST","htu":"https://op.example/oauth2/token","iat":1800000000,"nonce":"b","ath":"c"}"#,
        r#"{"jti":"a","htm":"POST","htu":"HTTPS://OP.example:443/./oauth2/%74oken?x=y#z","iat":1.5}"#,
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwiY3J2IjoiUC0yNTYiLCJ4IjoidS1uMVRqN2NW\
          VGotaWdrZ0sxWlloakVxWFRZVDJLSEhtRldYLVdOallSYyIsInkiOiI2djVIdm1HSHJQb0prQmVDZm1pdnhhUUpwWDB0bEN2VFI2Y3Vu\
          VDluWXlrIn19.eyJqdGkiOiJhIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vb3AuZXhhbXBsZS9vYXV0aDIvdG9rZW4iLCJpYXQ\
          iOjE4MDAwMDAwMDB9.O56IVBkmw-z274Xg5Mkb7z4i2BAfLr7FGjZ7rZYbh-e-HUhcpy47vD9zn_YXRJ3zK4JNcXbRTSYaK4gw9gGjRw",
    ],
};
/// The header in which a proxy forwards a client's certificate, in each form that is read.
pub const FORWARDED_CERTIFICATE: Target = Target {
    name: "forwarded_certificate",
    run: |bytes| fuzzing::forwarded_certificate(&text(bytes)),
    seeds: &[
        ":MIIB5DCCAYmgAwIBAgIURSw+cjYo7uRfc7A+q/fNueKKYkgwCgYIKoZIzj0EAwIwIzEPMA0GA1UEAwwGY2xpZW50MRAwDgYDVQQKDAdF\
          eGFtcGxlMB4XDTI2MTEyOTEyMzg0MVoXDTM2MTEyNjEyMzg0MVowIzEPMA0GA1UEAwwGY2xpZW50MRAwDgYDVQQKDAdFeGFtcGxlMFkw\
          EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtIKydrjTNBCb4QCuxrG53OnT4jutR7RS+/4GBpSTnv1KdcGBEdvm8e4FBAnOJ4uPEW42g8qI\
          spQRLKPR0p0W66OBmjCBlzAdBgNVHQ4EFgQUtWTwzGOFwG+cm6ueVQ+oQc7odRowHwYDVR0jBBgwFoAUtWTwzGOFwG+cm6ueVQ+oQc7o\
          dRowDwYDVR0TAQH/BAUwAwEB/zBEBgNVHREEPTA7gg5jbGllbnQuZXhhbXBsZYcECgAAAYENYUBleGFtcGxlLmNvbYYUc3BpZmZlOi8v\
          ZXhhbXBsZS9hcHAwCgYIKoZIzj0EAwIDSQAwRgIhANvK2Li4meLH70JZNWS1TIJVBCKdErf+oslyn6wVchgoAiEAtBuyy+pvV8dfjjhk\
          4cWAYH0s29NavyOtP9ThLIiAOkM=:",
        "By=x;Hash=00;Cert=\"-----BEGIN%20CERTIFICATE-----%0AMIIB5DCCAYmgAwIBAgIURSw%2BcjYo7uRfc7A%2Bq%2FfNueKKYkgwCgYIKoZIzj0EAwIw%0\
          AIzEPMA0GA1UEAwwGY2xpZW50MRAwDgYDVQQKDAdFeGFtcGxlMB4XDTI2MTEyOTEy%0AMzg0MVoXDTM2MTEyNjEyMzg0MVowIzEPMA0G\
          A1UEAwwGY2xpZW50MRAwDgYDVQQK%0ADAdFeGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtIKydrjTNBCb4QCu%0AxrG53O\
          nT4jutR7RS%2B%2F4GBpSTnv1KdcGBEdvm8e4FBAnOJ4uPEW42g8qIspQRLKPR%0A0p0W66OBmjCBlzAdBgNVHQ4EFgQUtWTwzGOFwG%\
          2Bcm6ueVQ%2BoQc7odRowHwYDVR0j%0ABBgwFoAUtWTwzGOFwG%2Bcm6ueVQ%2BoQc7odRowDwYDVR0TAQH%2FBAUwAwEB%2FzBEBgNV\
          %0AHREEPTA7gg5jbGllbnQuZXhhbXBsZYcECgAAAYENYUBleGFtcGxlLmNvbYYUc3Bp%0AZmZlOi8vZXhhbXBsZS9hcHAwCgYIKoZIzj\
          0EAwIDSQAwRgIhANvK2Li4meLH70JZ%0ANWS1TIJVBCKdErf%2Boslyn6wVchgoAiEAtBuyy%2BpvV8dfjjhk4cWAYH0s29NavyOt%0A\
          P9ThLIiAOkM%3D%0A-----END%20CERTIFICATE-----%0A\";Subject=\"CN=a,O=\\\"b\\\"\"",
        "MIIB,:MIIB:,,;;Cert=\"",
    ],
};

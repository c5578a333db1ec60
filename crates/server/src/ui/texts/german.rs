//! German, in the polite form.

use std::borrow::Cow::Borrowed;
use std::collections::BTreeMap;

use super::Texts;

/// The built-in German texts.
pub(super) const GERMAN: Texts = Texts {
    language: Borrowed("de"),
    scopes: BTreeMap::new(),

    client_policy: Borrowed("Datenschutz"),
    client_terms: Borrowed("Nutzungsbedingungen"),

    login_heading: Borrowed("Anmelden"),
    login_lead: Borrowed("weiter zu {client}"),
    login_username: Borrowed("Benutzername"),
    login_password: Borrowed("Passwort"),
    login_remember: Borrowed("Auf diesem Gerät angemeldet bleiben"),
    login_submit: Borrowed("Anmelden"),
    login_cancel: Borrowed("Abbrechen"),
    login_incomplete: Borrowed("Geben Sie Benutzername und Passwort ein."),
    login_wrong_credentials: Borrowed(
        "Benutzername oder Passwort stimmen nicht. Prüfen Sie beides und versuchen Sie es noch einmal.",
    ),
    login_throttled: Borrowed("Zu viele Versuche. Versuchen Sie es in {time} wieder."),

    time_second: Borrowed("1 Sekunde"),
    time_seconds: Borrowed("{count} Sekunden"),
    time_minute: Borrowed("1 Minute"),
    time_minutes: Borrowed("{count} Minuten"),

    consent_heading: Borrowed("{client} bittet um Zugriff auf Ihr Konto"),
    consent_signed_in: Borrowed("Angemeldet als {subject}"),
    consent_switch_account: Borrowed("Konto wechseln"),
    consent_scopes: Borrowed("Wenn Sie zustimmen, kann {client}:"),
    consent_no_scopes: Borrowed("{client} bittet um keine besondere Berechtigung."),
    consent_required: Borrowed("immer enthalten"),
    consent_audience: Borrowed("Der Zugriff gilt für"),
    consent_remember: Borrowed("Für diese Anwendung nicht mehr fragen"),
    consent_deny: Borrowed("Ablehnen"),
    consent_allow: Borrowed("Erlauben"),
    consent_destination: Borrowed(
        "Danach gelangen Sie zu {domain}. Stimmen Sie nur zu, wenn Sie diese Adresse kennen.",
    ),
    consent_this_computer: Borrowed(
        "Die Antwort geht an ein Programm auf diesem Computer ({domain}). Erlauben Sie dies nur, wenn Sie es gerade selbst gestartet haben.",
    ),
    consent_elsewhere: Borrowed(
        "Vorsicht: Die Antwort geht an {domain}, und das ist nicht die Stelle, die für diese Anwendung bürgt. Erlauben Sie dies nur, wenn Sie die Adresse kennen.",
    ),
    consent_verified: Borrowed("Geprüft: Für diese Anwendung bürgt, wem {domain} gehört."),
    consent_calls_itself: Borrowed("Sie nennt sich selbst {client}."),
    consent_unverified: Borrowed(
        "Diese Anwendung hat sich am {date} selbst angemeldet. Niemand bürgt für sie, und ihr Name kann erfunden sein.",
    ),
    consent_connected_until: Borrowed(
        "Sie bleibt bis {date} verbunden, und länger, solange Sie sie benutzen. Sie können den Zugriff jederzeit entziehen.",
    ),
    consent_connected: Borrowed("Sie bleibt verbunden, bis Sie den Zugriff entziehen."),

    scope_openid_title: Borrowed("Sie wiedererkennen"),
    scope_openid_description: Borrowed("An einer Kennung erkennen, dass Sie sich angemeldet haben."),
    scope_profile_title: Borrowed("Ihr Profil sehen"),
    scope_profile_description: Borrowed("Name, Bild, Sprache und ähnliche Angaben."),
    scope_email_title: Borrowed("Ihre E-Mail-Adresse sehen"),
    scope_email_description: Borrowed("Die Adresse und ob sie bestätigt ist."),
    scope_address_title: Borrowed("Ihre Postanschrift sehen"),
    scope_address_description: Borrowed("Straße, Ort und Land."),
    scope_phone_title: Borrowed("Ihre Telefonnummer sehen"),
    scope_phone_description: Borrowed("Die Nummer und ob sie bestätigt ist."),
    claim_name: Borrowed("Ihr Name"),
    claim_given_name: Borrowed("Ihr Vorname"),
    claim_family_name: Borrowed("Ihr Nachname"),
    claim_middle_name: Borrowed("Ihr zweiter Vorname"),
    claim_nickname: Borrowed("Ihr Spitzname"),
    claim_preferred_username: Borrowed("Ihr Benutzername"),
    claim_profile: Borrowed("Die Adresse Ihres Profils"),
    claim_picture: Borrowed("Ihr Bild"),
    claim_website: Borrowed("Ihre Website"),
    claim_gender: Borrowed("Ihr Geschlecht"),
    claim_birthdate: Borrowed("Ihr Geburtsdatum"),
    claim_zoneinfo: Borrowed("Ihre Zeitzone"),
    claim_locale: Borrowed("Ihre Sprache"),
    claim_email: Borrowed("Ihre E-Mail-Adresse"),
    claim_email_verified: Borrowed("Ob Ihre E-Mail-Adresse bestätigt ist"),
    claim_phone_number: Borrowed("Ihre Telefonnummer"),
    claim_phone_number_verified: Borrowed("Ob Ihre Telefonnummer bestätigt ist"),
    claim_address: Borrowed("Ihre Postanschrift"),
    claim_updated_at: Borrowed("Wann Ihr Konto zuletzt geändert wurde"),
    consent_claims: Borrowed("Und diese einzelnen Angaben:"),
    consent_details: Borrowed("Sie möchte im Einzelnen:"),
    consent_details_raw: Borrowed("So hat es die Anwendung geschrieben"),
    scope_offline_title: Borrowed("Verbunden bleiben"),
    scope_offline_description: Borrowed("Den Zugriff auch behalten, wenn Sie nicht da sind, bis Sie ihn zurücknehmen."),
    scope_unknown_description: Borrowed(
        "Eine Berechtigung, die die Anwendung oder ein Dienst dahinter festgelegt hat.",
    ),

    error_heading: Borrowed("Das hat nicht geklappt"),
    error_request: Borrowed(
        "Die Anwendung hat Sie mit einer Anfrage hierher geschickt, die sich nicht beantworten lässt. Gehen Sie zurück \
         und beginnen Sie noch einmal. Erscheint diese Seite wieder, geben Sie die Angaben unten an die Betreiber der \
         Anwendung weiter.",
    ),
    error_refused: Borrowed(
        "Der Zugriff wurde abgelehnt. Gehen Sie zurück zur Anwendung und beginnen Sie noch einmal, wenn Sie weitermachen \
         möchten. Erscheint diese Seite wieder, prüfen Sie, ob Ihr Browser Cookies von dieser Website annimmt.",
    ),
    error_server: Borrowed(
        "Bei uns ist etwas schiefgegangen. Warten Sie einen Moment, gehen Sie zurück zur Anwendung und beginnen Sie noch \
         einmal. Erscheint diese Seite wieder, geben Sie die Angaben unten an den Support weiter.",
    ),
    error_details: Borrowed("Angaben für den Support"),
    error_code: Borrowed("Fehler"),
    error_description: Borrowed("Beschreibung"),
    error_hint: Borrowed("Hinweis"),
    error_request_id: Borrowed("Anfrage"),

    form_post_heading: Borrowed("Noch ein Schritt"),
    form_post_lead: Borrowed("Weiter zu {domain}, um abzuschließen."),
    form_post_submit: Borrowed("Weiter"),

    logout_heading: Borrowed("Abmelden?"),
    logout_lead: Borrowed(
        "Sie sind als {name} angemeldet. Die Anwendungen, die Sie von hier aus geöffnet haben, werden ebenfalls abgemeldet.",
    ),
    logout_lead_nameless: Borrowed(
        "Eine Anwendung möchte Sie abmelden. Das geht nur in dem Browser, in dem Sie sich angemeldet haben.",
    ),
    logout_submit: Borrowed("Abmelden"),
    logout_stay: Borrowed("Angemeldet bleiben"),
    logging_out_heading: Borrowed("Sie werden abgemeldet"),
    logging_out_text: Borrowed("Die benutzten Anwendungen werden benachrichtigt. Das dauert einen Augenblick."),
    logging_out_continue: Borrowed("Weiter"),
    still_signed_in_heading: Borrowed("Sie sind weiterhin angemeldet"),
    still_signed_in_text: Borrowed("Es wurde nichts geändert. Sie können diese Seite schließen."),
    signed_out_heading: Borrowed("Sie sind abgemeldet"),
    signed_out_text: Borrowed("Sie können diese Seite schließen."),
    device_heading: Borrowed("Gerät verbinden"),
    device_lead: Borrowed("Geben Sie den Code ein, den Ihr Gerät anzeigt."),
    device_code: Borrowed("Code"),
    device_submit: Borrowed("Weiter"),
    device_wrong_code: Borrowed(
        "Kein Gerät wartet mit diesem Code. Prüfen Sie ihn, oder beginnen Sie am Gerät noch einmal.",
    ),
    device_confirm_heading: Borrowed("{client} verbinden?"),
    device_confirm_lead: Borrowed(
        "{client} möchte mit Ihrem Konto verbunden werden. Machen Sie nur weiter, wenn Sie das Gerät vor sich haben und \
         es diesen Code anzeigt:",
    ),
    device_confirm_accept: Borrowed("Verbinden"),
    device_confirm_reject: Borrowed("Nicht mein Gerät"),
    device_denied_heading: Borrowed("Das Gerät wurde nicht verbunden"),
    device_denied_text: Borrowed("Sie können diese Seite schließen."),
    device_done_heading: Borrowed("Ihr Gerät ist verbunden"),
    device_done_text: Borrowed("Schließen Sie diese Seite und machen Sie an Ihrem Gerät weiter."),
    already_done_heading: Borrowed("Dieser Schritt ist schon erledigt"),
    already_done_text: Borrowed(
        "Diese Seite gilt nur einmal. Gehen Sie zurück zur Anwendung und beginnen Sie bei Bedarf noch einmal.",
    ),
    not_configured_heading: Borrowed("Diese Seite ist nicht eingerichtet"),
    not_configured_text: Borrowed("Wer diesen Server betreibt, muss `{key}` in der Konfiguration setzen."),

    home_heading: Borrowed("Anmeldeserver"),
    home_lead: Borrowed("Über {title} melden sich Menschen bei ihren Anwendungen an."),
    home_people_heading: Borrowed("Möchten Sie sich anmelden?"),
    home_people_text: Borrowed(
        "Auf dieser Seite gibt es nichts zu tun. Öffnen Sie Ihre Anwendung: Von dort gelangen Sie zur Anmeldung.",
    ),
    home_developers_heading: Borrowed("Schließen Sie eine Anwendung an?"),
    home_developers_text: Borrowed(
        "Dies ist ein OpenID Provider. Eine Client-Bibliothek braucht nicht mehr als den Issuer.",
    ),
    home_issuer: Borrowed("Issuer"),
    home_discovery: Borrowed("Metadaten des Providers"),
    home_documentation: Borrowed("Dokumentation"),
    home_request_compare: Borrowed(
        "Vergleichen Sie dies mit dem, was die Anwendung zeigt. Lehnen Sie ab, wenn es anders ist oder Sie nichts erwarten.",
    ),
    home_applications_heading: Borrowed("Anwendungen mit Zugriff"),
    home_applications_text: Borrowed(
        "Diese Anwendungen dürfen für Sie handeln. Entziehen Sie den Zugriff, so fragen sie erneut.",
    ),
    home_applications_since: Borrowed("Zugriff seit {date}"),
    home_applications_revoke: Borrowed("Entziehen"),
};

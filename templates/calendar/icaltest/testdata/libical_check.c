/* Reads one iCalendar object from standard input as strictly as libical can. Prints its method, and the first event's start and end in
 * seconds since 1970, read through the object's own VTIMEZONE. Exits 1 with the reason on standard error. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *why, icalcomponent *comp)
{
    fprintf(stderr, "%s\n", why);
    if (comp != NULL) {
        fprintf(stderr, "%s", icalcomponent_as_ical_string(comp));
    }
    exit(1);
}

static char *read_all(FILE *in)
{
    size_t size = 0, room = 1 << 16, n;
    char *text = malloc(room + 1);
    while (text != NULL && (n = fread(text + size, 1, room - size, in)) > 0) {
        size += n;
        if (size == room) {
            text = realloc(text, (room *= 2) + 1);
        }
    }
    if (text == NULL) {
        fail("out of memory", NULL);
    }
    text[size] = '\0';
    if (strlen(text) != size) {
        fail("the text contains a NUL", NULL);
    }
    return text;
}

/* A local time counts only if the object brings the definition of its zone along: libical would else help itself to the system's. */
static time_t instant(icalcomponent *calendar, icalcomponent *event, icalproperty_kind kind)
{
    icalproperty *property = icalcomponent_get_first_property(event, kind);
    if (property == NULL) {
        fail("DTSTART or DTEND is missing", calendar);
    }
    icalparameter *tzid = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    struct icaltimetype t = kind == ICAL_DTSTART_PROPERTY ? icalproperty_get_dtstart(property) : icalproperty_get_dtend(property);
    if (tzid == NULL) {
        if (!icaltime_is_utc(t)) {
            fail("a time is neither in UTC nor in a time zone", calendar);
        }
        return icaltime_as_timet(t);
    }
    icaltimezone *zone = icalcomponent_get_timezone(calendar, icalparameter_get_tzid(tzid));
    if (zone == NULL) {
        fail("the VTIMEZONE of a TZID is missing", calendar);
    }
    return icaltime_as_timet_with_zone(t, zone);
}

int main(void)
{
    icalerror_set_errors_are_fatal(0);
    icalcomponent *calendar = icalparser_parse_string(read_all(stdin));
    if (calendar == NULL || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT) {
        fail("not one VCALENDAR", calendar);
    }
    if (icalcomponent_count_errors(calendar) != 0) {
        fail("libical found errors", calendar);
    }
    if (!icalrestriction_check(calendar) || icalcomponent_count_errors(calendar) != 0) {
        fail("against the restrictions of iTIP (RFC 5546)", calendar);
    }
    /* What is asked of somebody is about one entry; what is published may be several. */
    int entries = icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT);
    if (entries != 1 && !(entries > 1 && icalcomponent_get_method(calendar) == ICAL_METHOD_PUBLISH)) {
        fail("there must be exactly one VEVENT", calendar);
    }
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    time_t starts = instant(calendar, event, ICAL_DTSTART_PROPERTY);
    time_t ends = instant(calendar, event, ICAL_DTEND_PROPERTY);
    printf("%s %lld %lld\n", icalproperty_method_to_string(icalcomponent_get_method(calendar)), (long long)starts, (long long)ends);
    return 0;
}
